#include "core/gossip/block_pull.h"

#include <algorithm>
#include <charconv>

#include "core/gossip/channel.h"

namespace hearsay {

namespace {

PullMediator::Options options_of(const Config& config, const std::string& channel) {
  return {.type = PullMsgType::kBlock,
          .tag = Tag::kChanAndOrg,
          .channel = channel,
          .peers_per_round = static_cast<std::uint32_t>(std::max(0, config.pull_peer_num)),
          .waits = {.interval = config.pull_interval,
                    .digest = config.digest_wait_time,
                    .request = config.request_wait_time,
                    .response = config.response_wait_time}};
}

// A block's number as it is written on the wire. Divergence: Fabric takes leading zeros too, and
// then asks for an id that nobody has.
std::optional<std::uint64_t> number_of(std::string_view id) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  const bool whole = error == std::errc() && end == id.data() + id.size();
  const bool padded = id.size() > 1 && id.front() == '0';
  return whole && !padded ? std::optional(number) : std::nullopt;
}

}  // namespace

BlockPull::BlockPull(const Parts& parts, const std::string& channel_name)
    : parts_(parts),
      mediator_(parts.context.clock, parts.context.random.fork("block_pull").fork(channel_name),
                options_of(parts.context.config, channel_name), *this) {}

void BlockPull::start() {
  mediator_.start(parts_.context.first_delay(parts_.context.config.pull_interval));
}

void BlockPull::on_message(const Received& message) {
  if (!admits(message)) return;
  if (message.envelope->kind() == ContentKind::kDataUpdate) return on_update(message);
  mediator_.on_message(message);
}

bool BlockPull::admits(const Received& message) const {
  const auto refuse = [&](RejectReason reason) {
    parts_.context.trace_rejected(message.from, *message.envelope, reason);
    return false;
  };
  if (parts_.channel.has_left() || !parts_.channel.eligible(message.from)) {
    return refuse(RejectReason::kNotInChannel);
  }
  if (!parts_.identities.in_my_org(message.from)) return refuse(RejectReason::kForeignOrg);
  return true;
}

void BlockPull::on_update(const Received& message) {
  std::vector<EnvelopeRef> items;
  for (const EnvelopeRef& item : message.envelope->message().get<DataUpdate>()->data) {
    if (const auto reason = fault(*item)) {
      return parts_.context.trace_rejected(message.from, *message.envelope, *reason);
    }
    if (!parts_.blocks.check_valid(*item)) continue;
    if (!parts_.channel.block_is_valid(*item)) {
      return parts_.context.trace_rejected(message.from, *message.envelope,
                                           RejectReason::kBadBlock);
    }
    items.push_back(item);
  }
  std::erase_if(items, [&](const EnvelopeRef& item) { return !parts_.blocks.add(item); });
  mediator_.on_update(message, items);
}

std::optional<RejectReason> BlockPull::fault(const Envelope& item) const {
  if (item.malformed()) return RejectReason::kForeignContent;
  if (item.message().channel != parts_.channel.name()) return RejectReason::kForeignContent;
  const auto* data = item.message().get<DataMessage>();
  if (data == nullptr) return RejectReason::kForeignContent;
  // Divergence: Fabric compares the item with what is stored before it looks for a payload, and
  // crashes.
  if (!data->payload) return RejectReason::kMissingPayload;
  return std::nullopt;
}

void BlockPull::consume(const Received& update, const EnvelopeRef& item) {
  parts_.listener.on_block(parts_.channel.index(), {update.conn, update.from, item},
                           BlockOrigin::kPull);
}

bool BlockPull::keeps(const EnvelopeRef& item) const {
  bool held = false;
  parts_.blocks.for_each([&](const EnvelopeRef& stored) { held = held || stored == item; });
  return held;
}

void BlockPull::remove(const Envelope& block) {
  if (const std::optional<PullId> id = id_of(block)) mediator_.remove(*id);
}

std::optional<PullId> BlockPull::id_of(const Envelope& item) const {
  const auto* data = item.message().get<DataMessage>();
  if (data == nullptr || !data->payload) return std::nullopt;
  return PullId::of(data->payload->seq_num);
}

// --- ids on the wire

PullIds BlockPull::read_digest(const Digests& digests) {
  std::vector<std::uint64_t> numbers;
  const BlockNum height = parts_.channel.ledger_height();
  digests.for_each([&](std::string_view id) {
    const auto number = number_of(id);
    if (number && *number >= height && numbers.size() < kMaxIds) numbers.push_back(*number);
  });
  PullIds ids;
  ids.add_numbers(std::move(numbers));
  return ids;
}

void BlockPull::read_request(const Digests& digests, std::vector<PullId>& out) {
  digests.for_each([&](std::string_view id) {
    const auto number = number_of(id);
    if (number && out.size() < kMaxIds) out.push_back(PullId::of(*number));
  });
}

Digests BlockPull::write(const PullIds& ids) {
  std::vector<std::string> strings;
  strings.reserve(ids.count());
  for (const std::uint64_t number : ids.numbers())
    strings.push_back(std::to_string(number));
  return strings;
}

// --- 9. whom

void BlockPull::select_peers(std::uint32_t k, Random& random, std::vector<PeerIndex>& out) {
  if (parts_.channel.has_left()) return;
  parts_.view.alive_set().sample(
      k, random, [this](PeerIndex p) { return reachable(p); }, out);
}

bool BlockPull::reachable(PeerIndex peer) const {
  return !parts_.channel.has_left() && parts_.view.alive(peer) &&
         parts_.identities.in_my_org(peer) && parts_.channel.eligible(peer);
}

}  // namespace hearsay
