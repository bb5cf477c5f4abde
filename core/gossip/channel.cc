#include "core/gossip/channel.h"

#include <algorithm>
#include <utility>

#include "core/base/prefetch.h"
#include "core/wire/tags.h"

namespace hearsay {

namespace {

// How far ahead of the element at work the memory of later elements is asked for.
constexpr std::size_t kLookAhead = 8;

}  // namespace

Channel::Channel(Parts parts, ChannelIndex index, const JoinChannel& join)
    : context_(parts.context),
      view_(parts.view),
      identities_(parts.identities),
      comm_(parts.comm),
      gossiper_(parts.gossiper),
      listener_(parts.listener),
      index_(index),
      state_infos_(context_.clock, {.keeps_age = true}),
      name_(context_.directory.channel_name(index)),
      random_(context_.random.fork("channel").fork(name_)),
      pull_({context_, view_, identities_, comm_, listener_, *this, blocks_}, name_),
      blocks_(
          context_.clock,
          {.block_capacity = static_cast<std::uint64_t>(context_.config.max_block_count_to_store),
           .ttl = context_.config.block_ttl(),
           .sweep_kind = TimerKind::kBlockStoreSweep},
          &pull_),
      leadership_(context_.clock, {.ttl = context_.config.leadership_ttl(),
                                   .sweep_kind = TimerKind::kLeadershipStoreSweep}),
      incarnation_(context_.clock.unix_time()),
      self_seq_num_(incarnation_),
      publish_timer_(context_.clock, *this, TimerKind::kPublishStateInfo),
      request_timer_(context_.clock, *this, TimerKind::kRequestStateInfo),
      sweep_timer_(context_.clock, *this, TimerKind::kStateInfoSweep),
      tracker_(context_, view_, index, *this) {
  const Config& config = context_.config;
  pull_.start();
  publish_timer_.arm_after(context_.first_delay(config.publish_state_info_interval));
  request_timer_.arm_after(context_.first_delay(config.request_state_info_interval));
  sweep_timer_.arm_after(context_.first_delay(config.state_info_sweep()));
  // Quirk: signed so that self() works, but neither cached nor dirty: nothing is published before
  // the first update of height or chaincodes.
  self_properties_.ledger_height = 1;
  sign_self();
  configure(join);
}

void Channel::adopt(const Past& past) {
  const Past::ChannelPast* told = past.of(index_);
  if (told == nullptr) return;
  state_infos_.reserve(told->state_infos.size());
  for (std::size_t i = 0; i < told->state_infos.size(); ++i) {
    const PeerIndex owner = peer_index(i);
    if (!told->state_infos[i] || !has_member(owner)) continue;
    if (owner == context_.self() || past.knows(context_.directory, context_.self(), owner)) {
      state_infos_.add(owner, told->state_infos[i]);
    }
  }
  tracker_.look_anew();
}

void Channel::stop() {
  pull_.stop();
  publish_timer_.cancel();
  request_timer_.cancel();
  sweep_timer_.cancel();
  blocks_.stop();
  leadership_.stop();
  tracker_.stop();
}

template <typename Pred>
void Channel::purge_state_infos(Pred&& pred) {
  state_infos_.purge([&](PeerIndex owner, const Envelope& envelope) {
    if (!pred(owner, envelope)) return false;
    left_.clear(owner);
    return true;
  });
}

void Channel::configure(const JoinChannel& join) {
  if (join.orgs.empty() || join.sequence < join_.sequence) return;
  join_ = join;
  own_org_joined_ = lists(context_.org());
  // The policy may be another one now.
  purge_state_infos([this](PeerIndex owner, const Envelope& envelope) {
    const bool judged = owner != context_.self() && has_member(owner) && identities_.valid(owner);
    if (judged) ask_policy(owner, envelope);
    return !verify_state_info(owner, envelope);
  });
}

void Channel::leave() {
  self_properties_.left_channel = true;
  touch_self();
}

void Channel::update_ledger_height(BlockNum height) {
  self_properties_.ledger_height = height;
  touch_self();
}

void Channel::update_chaincodes(std::vector<Chaincode> chaincodes) {
  self_properties_.chaincodes = std::move(chaincodes);
  // Quirk: stays dirty, so the same message is pushed again at the next publication.
  touch_self();
  announce_self();
}

bool Channel::lists(OrgIndex org) const {
  return org != kNoOrg && std::find(join_.orgs.begin(), join_.orgs.end(), org) != join_.orgs.end();
}

std::vector<PeerIndex> Channel::peers() const {
  std::vector<PeerIndex> found;
  for_each_peer([&](PeerIndex p, const std::optional<Properties>&) { found.push_back(p); });
  return found;
}

void Channel::collect_peers(IndexBits& out) const {
  if (has_left()) return;
  view_.alive_set().for_each([&](PeerIndex p) {
    if (eligible(p) && !left_.test(p)) out.set(p);
  });
}

// --- 7. incoming

void Channel::on_message(const Received& message) {
  if (!admits(message)) return;
  switch (message.envelope->kind()) {
    case ContentKind::kStateInfoPullReq:
      return on_pull_request(message);
    case ContentKind::kStateSnapshot:
      return on_snapshot(message);
    case ContentKind::kData:
      return on_block(message);
    case ContentKind::kStateInfo:
      return on_state_info(message);
    case ContentKind::kLeadership:
      return on_leadership(message);
    case ContentKind::kHello:
    case ContentKind::kDataDig:
    case ContentKind::kDataReq:
    case ContentKind::kDataUpdate:
      return pull_.on_message(message);
    default:
      context_.trace_rejected(message.from, *message.envelope, RejectReason::kUnexpected);
  }
}

bool Channel::admits(const Received& message) const {
  // That the MAC or the name matches is how the node found this channel; the tag it has checked
  // too.
  if (has_member(message.from)) return true;
  context_.trace_rejected(message.from, *message.envelope, RejectReason::kNotInChannel);
  return false;
}

void Channel::on_block(const Received& message) {
  const EnvelopeRef& envelope = message.envelope;
  if (!envelope->message().get<DataMessage>()->payload) {
    return context_.trace_rejected(message.from, *envelope, RejectReason::kMissingPayload);
  }
  if (!blocks_.check_valid(*envelope)) return context_.trace_duplicate(message.from, *envelope);
  if (!block_is_valid(*envelope)) {
    return context_.trace_rejected(message.from, *envelope, RejectReason::kBadBlock);
  }
  blocks_.add(envelope);
  pull_.add(envelope);
  gossiper_.forward(envelope, message.from);
  listener_.on_block(index_, message, BlockOrigin::kPush);
}

bool Channel::block_is_valid(const Envelope& envelope) const {
  // Data messages carry no signature of their own, so the memo is free to hold the verdict on the
  // block.
  if (envelope.signature_memo() == SignatureMemo::kUnchecked) {
    const GossipMessage& message = envelope.message();
    const Payload& payload = *message.get<DataMessage>()->payload;
    const bool good = context_.crypto.verify_block(message.channel, payload.seq_num, payload.data);
    envelope.set_signature_memo(good ? SignatureMemo::kGood : SignatureMemo::kBad);
  }
  return envelope.signature_memo() == SignatureMemo::kGood;
}

bool Channel::add_own_block(const EnvelopeRef& block) {
  if (!blocks_.add(block)) return false;
  pull_.add(block);
  return true;
}

void Channel::on_state_info(const Received& message) {
  const EnvelopeRef& envelope = message.envelope;
  const PeerIndex owner = context_.directory.subject(*envelope);
  if (!state_infos_.check_valid(owner, *envelope)) {
    return context_.trace_duplicate(message.from, *envelope);
  }
  if (!learn_state_info(owner, envelope)) {
    return context_.trace_rejected(message.from, *envelope, RejectReason::kNotInChannel);
  }
  gossiper_.forward(envelope, message.from);
  listener_.on_state_info(index_, message);
}

void Channel::on_leadership(const Received& message) {
  const EnvelopeRef& envelope = message.envelope;
  const PeerIndex creator = context_.directory.subject(*envelope);
  if (!identities_.in_my_org(message.from) || !identities_.in_my_org(creator)) {
    return context_.trace_rejected(message.from, *envelope, RejectReason::kForeignOrg);
  }
  if (!leadership_.add(envelope)) return context_.trace_duplicate(message.from, *envelope);
  listener_.on_leadership(index_, message);
}

// --- 10. exchange of state information

void Channel::on_pull_request(const Received& message) {
  const bool for_own_org = identities_.in_my_org(message.from);
  StateInfoSnapshot snapshot;
  snapshot.elements.reserve(state_infos_.size());
  // By age: whoever cannot use one element does not look at those behind it.
  state_infos_.for_each_by_age([&](PeerIndex owner, const EnvelopeRef& info) {
    // Quirk: entries of third organisations go to any requester.
    const bool hidden = !for_own_org && identities_.in_my_org(owner) &&
                        (owner == context_.self() ? context_.identity.external_endpoint.empty()
                                                  : !view_.has_external_endpoint(owner));
    if (!hidden) snapshot.elements.push_back(info);
  });
  GossipMessage answer;
  answer.channel = name_;
  answer.tag = Tag::kChanOrOrg;
  answer.content = std::move(snapshot);
  comm_.respond(message.conn, Envelope::unsigned_of(std::move(answer)));
}

void Channel::on_snapshot(const Received& message) {
  const auto& snapshot = *message.envelope->message().get<StateInfoSnapshot>();
  for (std::size_t i = 0; i < snapshot.elements.size(); ++i) {
    if (i + kLookAhead < snapshot.elements.size()) {
      prefetch_line(snapshot.elements[i + kLookAhead].get());
    }
    const EnvelopeRef& element = snapshot.elements[i];
    const PeerIndex owner = context_.directory.subject(*element);
    // What is held already was found valid when it came; the checks below would say so again, as
    // long as its owner is who it was.
    const bool held = owner != kNoPeer && state_infos_.get(owner) == element.get();
    if (held && has_member(owner) && identities_.valid(owner)) continue;
    if (!element_is_valid(message, element)) return;
    // Skipped, but not the end: an owner that membership does not know.
    if (owner != context_.self() && !view_.known(owner)) continue;
    if (state_infos_.check_valid(owner, *element)) learn_state_info(owner, element);
  }
}

bool Channel::element_is_valid(const Received& snapshot, const EnvelopeRef& element) const {
  const auto refuse = [&](RejectReason reason) {
    context_.trace_rejected(snapshot.from, *snapshot.envelope, reason);
    return false;
  };
  if (element->malformed() || element->kind() != ContentKind::kStateInfo) {
    return refuse(RejectReason::kForeignContent);
  }
  if (!element->has_stamp()) return refuse(RejectReason::kMissingTimestamp);
  const PeerIndex owner = context_.directory.subject(*element);
  if (!has_member(owner)) return refuse(RejectReason::kNotInChannel);
  if (context_.directory.channel_of_state_info(*element) != index_) {
    return refuse(RejectReason::kBadMac);
  }
  if (!identities_.verify(owner, *element)) return refuse(RejectReason::kBadSignature);
  return true;
}

bool Channel::verify_state_info(PeerIndex owner, const Envelope& envelope) const {
  if (owner == context_.self()) return true;
  if (!has_member(owner) || !identities_.valid(owner)) return false;
  // The message's MAC names this channel, so the verdict is the same for every node that asks.
  if (envelope.policy_memo() == SignatureMemo::kUnchecked) ask_policy(owner, envelope);
  return envelope.policy_memo() == SignatureMemo::kGood;
}

void Channel::ask_policy(PeerIndex owner, const Envelope& envelope) const {
  const bool good = context_.crypto.verify_by_channel(name_, context_.directory.identity(owner),
                                                      envelope.signature(), envelope.payload());
  envelope.set_policy_memo(good ? SignatureMemo::kGood : SignatureMemo::kBad);
}

bool Channel::learn_state_info(PeerIndex owner, const EnvelopeRef& envelope) {
  if (!verify_state_info(owner, *envelope)) return false;
  const bool first = state_infos_.get(owner) == nullptr;
  if (!state_infos_.add(owner, envelope)) return false;
  if (envelope->announces_leave()) {
    left_.set(owner);
  } else {
    left_.clear(owner);
  }
  if (first && owner != context_.self()) {
    const auto& info = *envelope->message().get<StateInfo>();
    context_.trace({.value = info.properties ? info.properties->ledger_height : 0,
                    .other = owner,
                    .channel = index_,
                    .kind = TraceKind::kStateInfoLearned});
  }
  return true;
}

// --- 5, 10, 11. what the node does of itself

void Channel::on_timer(TimerKind kind, std::uint32_t) {
  switch (kind) {
    case TimerKind::kPublishStateInfo:
      publish_timer_.arm_at(publish_timer_.at() + context_.config.publish_state_info_interval);
      return publish();
    case TimerKind::kRequestStateInfo:
      request_timer_.arm_at(request_timer_.at() + context_.config.request_state_info_interval);
      return request_state_info();
    case TimerKind::kStateInfoSweep:
      sweep_state_infos();
      return sweep_timer_.arm_after(context_.config.state_info_sweep());
    default:
      HS_ASSERT_MSG(false, "a timer the channel never armed");
  }
}

void Channel::publish() {
  // Without members there is nobody to tell: stay dirty and sign nothing.
  if (!dirty_ || view_.alive_set().empty()) return;
  // Quirk: also when signing fails, so that change is announced with the next one only.
  dirty_ = false;
  announce_self();
}

void Channel::announce_self() {
  if (!sign_self()) return;
  learn_state_info(context_.self(), self_);
  gossiper_.gossip(self_);
}

void Channel::request_state_info() {
  targets_.clear();
  const auto k = static_cast<std::uint32_t>(std::max(0, context_.config.pull_peer_num));
  view_.alive_set().sample(
      k, random_, [this](PeerIndex p) { return has_member(p); }, targets_);
  if (targets_.empty()) return;
  GossipMessage request;
  request.tag = Tag::kChanOrOrg;
  request.content = StateInfoPullRequest{mac_of(context_.self())};
  const EnvelopeRef envelope = Envelope::unsigned_of(std::move(request));
  for (const PeerIndex target : targets_)
    comm_.send(target, envelope);
}

void Channel::sweep_state_infos() {
  purge_state_infos([this](PeerIndex owner, const Envelope&) {
    return owner != context_.self() && !view_.known(owner);
  });
}

bool Channel::sign_self() {
  StateInfo info;
  info.timestamp = PeerTime{incarnation_, self_seq_num_};
  info.pki_id = context_.pki_id();
  info.channel_mac = mac_of(context_.self());
  info.properties = self_properties_;
  GossipMessage message;
  message.tag = Tag::kChanOrOrg;
  message.content = std::move(info);
  EnvelopeRef signed_now = context_.sign(std::move(message));
  if (!signed_now) return false;
  self_ = std::move(signed_now);
  return true;
}

std::string Channel::overfull() const {
  // Consecutive blocks from the newest down to maxBlockCountToStore below it.
  const auto most = static_cast<std::size_t>(context_.config.max_block_count_to_store) + 1;
  return blocks_.size() <= most ? "" : std::to_string(blocks_.size()) + " blocks in the store";
}

std::string Channel::describe() const {
  return name_ + " height=" + std::to_string(self_properties_.ledger_height) +
         " blocks=" + std::to_string(blocks_.size()) + " peers=" + std::to_string(peers().size()) +
         (dirty_ ? " dirty" : "");
}

}  // namespace hearsay
