#include "core/gossip/pull_mediator.h"

#include <algorithm>

#include "core/wire/codec.h"
#include "core/wire/tags.h"

namespace hearsay {

namespace {

// Room in a message for everything but its items.
constexpr std::size_t kUpdateOverhead = 4096;
// Key and length around each of them.
constexpr std::size_t kItemOverhead = 6;

}  // namespace

PullMediator::PullMediator(Clock& clock, Random random, Options options, PullAdapter& adapter)
    : options_(std::move(options)),
      adapter_(adapter),
      engine_(clock, random, options_.waits, *this) {}

// --- items

void PullMediator::add(const EnvelopeRef& item) {
  const std::optional<PullId> id = adapter_.id_of(*item);
  if (!id) return;
  keep(*id, item);
  if (engine_.add(*id)) digest_is_fresh_ = false;
}

void PullMediator::keep(PullId id, const EnvelopeRef& item) {
  if (id.is_peer) {
    if (of_peers_.size() <= id.value) of_peers_.resize(id.value + 1);
    of_peers_[id.value] = item;
    return;
  }
  const auto at =
      std::lower_bound(of_numbers_.begin(), of_numbers_.end(), id.value,
                       [](const auto& kept, std::uint64_t n) { return kept.first < n; });
  if (at != of_numbers_.end() && at->first == id.value) {
    at->second = item;
  } else {
    of_numbers_.insert(at, {id.value, item});
  }
}

void PullMediator::remove(PullId id) {
  if (engine_.remove(id)) digest_is_fresh_ = false;
  if (id.is_peer) {
    if (id.value < of_peers_.size()) of_peers_[id.value].reset();
  } else {
    std::erase_if(of_numbers_, [&](const auto& kept) { return kept.first == id.value; });
  }
}

EnvelopeRef PullMediator::item(PullId id) const {
  if (id.is_peer) return id.value < of_peers_.size() ? of_peers_[id.value] : nullptr;
  const auto at =
      std::lower_bound(of_numbers_.begin(), of_numbers_.end(), id.value,
                       [](const auto& kept, std::uint64_t n) { return kept.first < n; });
  return at != of_numbers_.end() && at->first == id.value ? at->second : nullptr;
}

// --- initiator

EnvelopeRef PullMediator::sealed(Content content) const {
  GossipMessage message;
  message.channel = options_.channel;
  message.tag = options_.tag;
  message.content = std::move(content);
  return Envelope::unsigned_of(std::move(message));
}

void PullMediator::select_peers(std::vector<PeerIndex>& out) {
  adapter_.select_peers(options_.peers_per_round, engine_.random(), out);
}

void PullMediator::send_hello(PeerIndex to, std::uint64_t nonce) {
  if (adapter_.reachable(to)) adapter_.send(to, sealed(GossipHello{nonce, "", options_.type}));
}

void PullMediator::send_request(PeerIndex to, std::uint64_t nonce, const PullIds& ids) {
  if (!adapter_.reachable(to)) return;
  adapter_.send(to, sealed(DataRequest{nonce, adapter_.write(ids), options_.type}));
}

// --- 7. messages

bool PullMediator::on_message(const Received& message) {
  const GossipMessage& content = message.envelope->message();
  if (get_pull_msg_type(content) != options_.type) return true;
  switch (content.kind()) {
    case ContentKind::kHello:
      on_hello(message);
      return true;
    case ContentKind::kDataDig:
      on_digest(message);
      return true;
    case ContentKind::kDataReq:
      on_request(message);
      return true;
    case ContentKind::kDataUpdate:
      return on_update(message, content.get<DataUpdate>()->data);
    default:
      return true;
  }
}

void PullMediator::on_hello(const Received& message) {
  const std::uint64_t nonce = message.envelope->message().get<GossipHello>()->nonce;
  if (engine_.on_hello(nonce)) {
    Digests digests = digest_for(message);
    if (!digests.empty()) {
      adapter_.respond(message, sealed(DataDigest{nonce, std::move(digests), options_.type}));
    }
  }
  run_hooks(ContentKind::kHello, {message, {}, {}});
}

Digests PullMediator::digest_for(const Received& asker) {
  const PullShare share = adapter_.share_with(asker);
  if (share == PullShare::kNothing) return {};
  if (share == PullShare::kSome) {
    PullIds shown;
    engine_.state().for_each([&](PullId id) {
      if (adapter_.shows(id, asker)) shown.add(id);
    });
    if (shown.count() < engine_.state().count()) return adapter_.write(shown);
  }
  if (!digest_is_fresh_) {
    digest_ = adapter_.write(engine_.state());
    digest_is_fresh_ = true;
  }
  return digest_;
}

void PullMediator::on_digest(const Received& message) {
  const DataDigest& digest = *message.envelope->message().get<DataDigest>();
  // Ids that nobody will look at are not even read.
  const bool awaited = engine_.awaits_digest(digest.nonce);
  if (!awaited && !has_hooks(ContentKind::kDataDig)) return;
  PullIds ids = adapter_.read_digest(digest.digests);
  scratch_.clear();
  if (has_hooks(ContentKind::kDataDig)) ids.for_each([&](PullId id) { scratch_.push_back(id); });
  engine_.on_digest(std::move(ids), digest.nonce);
  run_hooks(ContentKind::kDataDig, {message, scratch_, {}});
}

void PullMediator::on_request(const Received& message) {
  const DataRequest& request = *message.envelope->message().get<DataRequest>();
  const bool served = engine_.serves(request.nonce);
  if (!served && !has_hooks(ContentKind::kDataReq)) return;
  scratch_.clear();
  adapter_.read_request(request.digests, scratch_);
  const PullShare share = served ? adapter_.share_with(message) : PullShare::kNothing;
  DataUpdate update{request.nonce, {}, options_.type};
  std::size_t size = kUpdateOverhead;
  bool any = false;
  for (const PullId id : scratch_) {
    if (share == PullShare::kNothing || !engine_.state().contains(id)) continue;
    if (share == PullShare::kSome && !adapter_.shows(id, message)) continue;
    any = true;
    EnvelopeRef found = item(id);
    if (!found) continue;
    size += found->wire_size() + kItemOverhead;
    if (size > kMaxMessageBytes) break;
    update.data.push_back(std::move(found));
  }
  if (any) adapter_.respond(message, sealed(std::move(update)));
  run_hooks(ContentKind::kDataReq, {message, scratch_, {}});
}

bool PullMediator::on_update(const Received& message, std::span<const EnvelopeRef> items) {
  const std::uint64_t nonce = message.envelope->message().get<DataUpdate>()->nonce;
  scratch_.clear();
  for (const EnvelopeRef& item : items) {
    // What was handled stays; neither the engine nor the hooks are told.
    if (item->malformed()) return false;
    adapter_.consume(message, item);
    const std::optional<PullId> id = adapter_.id_of(*item);
    if (!id || !adapter_.keeps(item)) continue;
    keep(*id, item);
    scratch_.push_back(*id);
  }
  if (engine_.awaits_response(nonce) && !scratch_.empty()) {
    engine_.on_response(scratch_, nonce);
    digest_is_fresh_ = false;
  }
  run_hooks(ContentKind::kDataUpdate, {message, scratch_, items});
  return true;
}

// --- hooks

void PullMediator::add_hook(ContentKind phase, PullHook hook) {
  hooks_.emplace_back(phase, std::move(hook));
}

bool PullMediator::has_hooks(ContentKind phase) const {
  return std::any_of(hooks_.begin(), hooks_.end(), [&](const auto& h) { return h.first == phase; });
}

void PullMediator::run_hooks(ContentKind phase, const PullStep& step) const {
  for (const auto& [of, hook] : hooks_) {
    if (of == phase) hook(step);
  }
}

}  // namespace hearsay
