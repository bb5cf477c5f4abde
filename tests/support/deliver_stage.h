// What the deliver client stands on, in a test's hands: orderers by script, a peer that takes
// blocks or does not, and the trace of what happened.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/deliver/deliver_loop.h"
#include "core/deliver/deliver_target.h"
#include "core/wire/block.h"
#include "tests/support/bare_node.h"
#include "tests/support/scripted_source.h"

namespace hearsay::test {

class FakeTarget final : public DeliverTarget {
 public:
  std::optional<BlockNum> ledger_height(std::string_view) const override {
    ++heights_read;
    return height;
  }
  AddOutcome add_payload(std::string_view channel, const Payload& block, AddDone done) override {
    added.emplace_back(channel, block);
    AddOutcome outcome = AddOutcome::kAdded;
    if (!outcomes.empty()) {
      outcome = outcomes.front();
      outcomes.pop_front();
    }
    if (outcome == AddOutcome::kWaiting) waiting = std::move(done);
    return outcome;
  }
  void gossip(GossipMessage message) override { gossiped.push_back(std::move(message)); }

  // Room was found for the block that waits, or not.
  void settle(AddOutcome outcome) { std::exchange(waiting, {})(outcome); }
  std::vector<BlockNum> numbers_gossiped() const {
    std::vector<BlockNum> numbers;
    for (const GossipMessage& message : gossiped)
      numbers.push_back(message.get<DataMessage>()->payload->seq_num);
    return numbers;
  }

  std::optional<BlockNum> height = 7;
  mutable int heights_read = 0;
  std::deque<AddOutcome> outcomes;  // of the next blocks; then they are added
  std::vector<std::pair<std::string, Payload>> added;
  std::vector<GossipMessage> gossiped;
  AddDone waiting;
};

inline Block block_of(std::string_view channel, BlockNum number) {
  return make_block(number, "previous", channel, 256);
}
inline DeliverResponse response_of(BlockNum number) { return block_of("ch", number); }

struct DeliverStage : BareNode, DeliverLoopListener {
  // Fabric's blocksprovider_test.go: at most 10 s between attempts, an hour in all; may yield.
  static Config usual() {
    Config config;
    config.deliver_reconnect_backoff_threshold = 10 * kSecond;
    config.deliver_reconnect_total_time_threshold = 3600 * kSecond;
    config.org_leader = false;
    return config;
  }
  explicit DeliverStage(const Config& settings = usual())
      : BareNode(settings), source(clock), endpoints(Random::root(7)) {
    channel = directory.intern_channel("ch");
    endpoints.update(std::vector<std::string>{}, {{"org0", {{"orderer0:7050"}, {"cert"}}}});
  }

  DeliverParts parts() { return {context, source, target, endpoints, *this, "ch"}; }
  void on_deliver_end(DeliverLoop&, bool finalise) override {
    ++ends;
    finalised = finalise;
  }

  void run_for(Duration d) { clock.run_for(d); }
  // The pauses taken so far, ms.
  std::vector<std::uint64_t> pauses() const {
    std::vector<std::uint64_t> found;
    for (const TraceEvent& e : sink.events) {
      if (e.kind == TraceKind::kDeliverRetry) found.push_back(e.value);
    }
    return found;
  }
  // The failures in a row that each of them was told with.
  std::vector<std::uint32_t> failures() const {
    std::vector<std::uint32_t> found;
    for (const TraceEvent& e : sink.events) {
      if (e.kind == TraceKind::kDeliverRetry) found.push_back(e.size);
    }
    return found;
  }
  std::size_t refused(DeliverRefusal why) const {
    return sink.count(context.self(), TraceKind::kDeliverRefused, why);
  }
  std::size_t troubles(DeliverTrouble why) const {
    return sink.count(context.self(), TraceKind::kDeliverRetry, why);
  }
  std::size_t ended(DeliverEnd why) const {
    return sink.count(context.self(), TraceKind::kDeliverEnded, why);
  }
  // What the seek of an attempt asks for.
  SeekInfo seek_of(std::size_t attempt) const {
    const auto payload = decode_common_payload(source.attempts[attempt].seek.payload);
    return decode_seek_info(payload.value().data).value();
  }
  ChannelHeader header_of(std::size_t attempt) const {
    const auto payload = decode_common_payload(source.attempts[attempt].seek.payload);
    return decode_channel_header(payload.value().channel_header).value();
  }

  ScriptedSource source;
  FakeTarget target;
  OrdererEndpoints endpoints;
  ChannelIndex channel{};
  int ends = 0;
  bool finalised = false;
};

}  // namespace hearsay::test
