#include "tests/interaction/transcript.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "core/trace/names.h"
#include "core/wire/describe.h"
#include "sim/model/deliver_frame.h"
#include "sim/world/node_clock.h"

namespace hearsay::test {

namespace {

constexpr std::size_t kShortHex = 8;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The run of characters that `belong` from `at` on.
template <typename Belongs>
std::string run_at(const std::string& text, std::size_t at, Belongs&& belongs) {
  std::size_t end = at;
  while (end < text.size() && belongs(text[end]))
    ++end;
  return text.substr(at, end - at);
}

// A number that may be a Unix time of this run.
std::string stamp_text(const std::string& digits) {
  if (digits.size() != 19) return digits;
  const std::uint64_t value = std::stoull(digits);
  return value < sim::kUnixEpoch ? digits
                                 : seconds_text(static_cast<Time>(value - sim::kUnixEpoch));
}

bool is_about_members(TraceKind kind) {
  switch (kind) {
    case TraceKind::kMemberAlive:
    case TraceKind::kMemberDead:
    case TraceKind::kMemberForgotten:
    case TraceKind::kStateInfoLearned:
    case TraceKind::kConnectionOpened:
    case TraceKind::kConnectionClosed:
    case TraceKind::kDialFailed:
      return true;
    default:
      return false;
  }
}

constexpr const char* kResponse = "DeliverResponse";

// What an orderer sent.
std::string response_text(const Envelope& frame) {
  const DeliverResponse response = sim::response_in(frame);
  if (const auto* status = std::get_if<Status>(&response)) {
    return fmt::format("{} status={}", kResponse, static_cast<int>(*status));
  }
  if (const auto* block = std::get_if<Block>(&response)) {
    return fmt::format("{} block={} {}B", kResponse, block->number, sim::block_in(frame).size());
  }
  return fmt::format("{} unreadable", kResponse);
}

}  // namespace

std::string seconds_text(Time time) {
  std::string text = fmt::format("{}.{:09}", time / kSecond, time % kSecond);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + "s";
}

void Transcript::bind(Stage& stage) {
  stage_ = &stage;
  for (std::size_t i = 0; i < stage.size(); ++i) {
    const PeerIndex peer = peer_index(i);
    ids_[short_hex(stage.directory().pki_id(peer))] = stage.name_of(peer);
    for (std::size_t c = 0; c < stage.directory().channel_count(); ++c) {
      const ChannelIndex channel{static_cast<std::uint16_t>(c)};
      ids_[short_hex(stage.directory().channel_mac(peer, channel))] =
          stage.directory().channel_name(channel);
    }
  }
}

std::string Transcript::take() { return std::exchange(out_, {}); }

std::string Transcript::name_of(PeerIndex peer) const {
  if (peer == kNoPeer) return "somebody";
  return stage_->name_of(peer);
}

std::string Transcript::with_names(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_word(text[at])) {
      out += text[at++];
      continue;
    }
    const std::string word = run_at(text, at, is_word);
    at += word.size();
    const bool number = std::all_of(word.begin(), word.end(), is_digit);
    if (const auto id = ids_.find(word); word.size() == kShortHex && id != ids_.end()) {
      out += id->second;
    } else if (number && (out.ends_with(" nonce=") || out.ends_with(" n="))) {
      out += nonces_.emplace(word, fmt::format("#{}", nonces_.size() + 1)).first->second;
    } else {
      out += number ? stamp_text(word) : word;
    }
  }
  return out;
}

bool Transcript::shows(LogLevel level, const std::string& type) const {
  if (stage_ == nullptr) return false;
  if (filter_.level != level && filter_.level != LogLevel::kAll) return false;
  if (type.empty()) return true;
  return !filter_.hide.contains(type) && (filter_.only.empty() || filter_.only.contains(type));
}

void Transcript::write_cause(PeerIndex who, const std::string& text) {
  busy_ = who;
  out_ += fmt::format("{:>9} {}\n", seconds_text(stage_->world().now()), text);
}

void Transcript::write(PeerIndex who, const std::string& text) {
  if (busy_ == who) {
    out_ += fmt::format("{:>12}{}\n", "", text);
  } else {
    out_ += fmt::format("{:>9} {}: {}\n", seconds_text(stage_->world().now()), name_of(who), text);
  }
}

std::string Transcript::far_end(PeerIndex at, ConnId conn) const {
  const auto found = far_ends_.find({at, conn});
  return found == far_ends_.end() ? "somebody" : found->second;
}

void Transcript::dials(PeerIndex by, ConnId conn, std::string_view endpoint) {
  std::string far(endpoint);
  for (std::size_t i = 0; i < stage_->size(); ++i) {
    const auto endpoints = stage_->cluster().endpoints_of(peer_index(i));
    if (std::find(endpoints.begin(), endpoints.end(), endpoint) != endpoints.end()) {
      far = stage_->name_of(peer_index(i));
    }
  }
  if (const std::string host = far.substr(0, far.find(':')); is_orderer(host)) far = host;
  far_ends_[{by, conn}] = far;
  if (filter_.streams) write(by, fmt::format("dials {}", endpoint));
}

bool Transcript::is_orderer(std::string_view name) const {
  return stage_->find_orderer(name) != kNoPeer;
}

void Transcript::frame(PeerIndex at, ConnId conn, const Envelope& frame) {
  if (const std::string far = far_end(at, conn); is_orderer(far)) {
    if (!shows(LogLevel::kFrames, kResponse)) return;
    return write_cause(at, fmt::format("{} -> {} {}", far, name_of(at), response_text(frame)));
  }
  // Who calls says who it is in its ConnEstablish; until it has, it is somebody.
  const auto* hello = frame.message().get<ConnEstablish>();
  if (hello != nullptr && !far_ends_.contains({at, conn})) {
    far_ends_[{at, conn}] = with_names(short_hex(hello->pki_id));
  }
  if (!shows(LogLevel::kFrames, frame.malformed() ? "malformed" : type_name(frame.type()))) return;
  write_cause(
      at, fmt::format("{} -> {} {}", far_end(at, conn), name_of(at), with_names(describe(frame))));
}

void Transcript::ended(PeerIndex at, ConnId conn, StreamEnd end) {
  if (!filter_.streams) return;
  write_cause(at, fmt::format("{}: the stream with {} {}", name_of(at), far_end(at, conn),
                              end == StreamEnd::kBroken ? "broke" : "was closed by the far end"));
}

void Transcript::closes(PeerIndex by, ConnId conn) {
  if (filter_.streams) write(by, fmt::format("closes the stream with {}", far_end(by, conn)));
  far_ends_.erase({by, conn});
}

void Transcript::on_event(const TraceEvent& event) {
  if (!filter_.members && is_about_members(event.kind)) return;
  const bool about_a_message = event.kind == TraceKind::kMessageDropped ||
                               event.kind == TraceKind::kMessageDuplicate ||
                               event.kind == TraceKind::kMessageRejected;
  const std::string type = about_a_message ? type_name(static_cast<MessageType>(event.type)) : "";
  if (!shows(LogLevel::kEvents, type)) return;
  const std::string text = text_of(event);
  if (text.empty()) return;
  // What nobody does has no other cause.
  event.peer == kNoPeer ? write_cause(kNoPeer, text) : write(event.peer, text);
}

std::string Transcript::text_of_leader(const TraceEvent& e, const std::string& channel) {
  switch (e.kind) {
    case TraceKind::kLeaderDeclared:
      return fmt::format("leads {}", channel);
    case TraceKind::kLeaderSteppedDown:
      return fmt::format("leads {} no more", channel);
    case TraceKind::kDeliverConnected:
      return fmt::format("asks orderer {} for {} from block {}", e.size, channel, e.value);
    case TraceKind::kDeliverRefused:
      return fmt::format("refuses what orderer {} sent of {}: {} ({})", e.size, channel,
                         deliver_refusal_name(static_cast<DeliverRefusal>(e.detail)), e.value);
    case TraceKind::kDeliverRetry:
      return fmt::format("asks the orderers of {} again in {} ms: {}", channel, e.value,
                         deliver_trouble_name(static_cast<DeliverTrouble>(e.detail)));
    case TraceKind::kDeliverEnded:
      return fmt::format("gets no more of {} from the orderers: {}", channel,
                         deliver_end_name(static_cast<DeliverEnd>(e.detail)));
    case TraceKind::kBlockCut:
      return fmt::format("block {} of {} is cut", e.value, channel);
    default:
      return "";
  }
}

std::string Transcript::text_of(const TraceEvent& e) const {
  const std::string other = name_of(e.other);
  const std::string type = type_name(static_cast<MessageType>(e.type));
  const std::string channel =
      e.channel == kNoChannel ? "" : stage_->directory().channel_name(e.channel);
  switch (e.kind) {
    case TraceKind::kNodeStarted:
      return "started";
    case TraceKind::kNodeStopped:
      return static_cast<StopReason>(e.detail) == StopReason::kCrash ? "crashed" : "stopped";
    case TraceKind::kMessageDropped:
      return fmt::format("drops {} for {}: {}", type, other,
                         drop_reason_name(static_cast<DropReason>(e.detail)));
    case TraceKind::kMessageDuplicate:
      return fmt::format("had this {}", type);
    case TraceKind::kMessageRejected:
      return fmt::format("rejects {} from {}: {}", type, other,
                         reject_reason_name(static_cast<RejectReason>(e.detail)));
    case TraceKind::kMemberAlive:
      return fmt::format("{} is alive", other);
    case TraceKind::kMemberDead:
      return fmt::format("{} is dead: {}", other,
                         death_cause_name(static_cast<DeathCause>(e.detail)));
    case TraceKind::kMemberForgotten:
      return fmt::format("{} is forgotten", other);
    case TraceKind::kStateInfoLearned:
      return fmt::format("{} is in {} with height {}", other, channel, e.value);
    case TraceKind::kBlockReceived:
      return fmt::format("receives block {} of {} by {}", e.value, channel,
                         block_origin_name(static_cast<BlockOrigin>(e.detail)));
    case TraceKind::kBlockCommitted:
      return fmt::format("commits block {} of {}", e.value, channel);
    case TraceKind::kBlockLost:
      return fmt::format("loses block {} of {}: {}", e.value, channel,
                         lost_block_name(static_cast<LostBlock>(e.detail)));
    case TraceKind::kCommitFailed:
      return fmt::format("cannot commit block {} of {}: {}", e.value, channel,
                         commit_failure_name(static_cast<CommitFailure>(e.detail)));
    case TraceKind::kStraggler:
      return fmt::format("is far behind block {} of {}", e.value, channel);
    case TraceKind::kCatchUpBegun:
      return fmt::format("wants blocks {}..{} of {}", e.value, e.value + e.size - 1, channel);
    case TraceKind::kCatchUpEnded:
      return fmt::format("wants no more blocks of {}: {}", channel,
                         catch_up_end_name(static_cast<CatchUpEnd>(e.detail)));
    case TraceKind::kConnectionOpened:
      return fmt::format("connected {} {}", e.detail == 1 ? "to" : "from", other);
    case TraceKind::kConnectionClosed:
      return fmt::format("connection with {} over: {}", other,
                         close_cause_name(static_cast<CloseCause>(e.detail)));
    case TraceKind::kDialFailed:
      return fmt::format("dial to {} failed", other);
    default:
      return text_of_leader(e, channel);
  }
}

}  // namespace hearsay::test
