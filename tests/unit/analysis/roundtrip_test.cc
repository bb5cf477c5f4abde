// Collectors see the same in a trace that was written as text and read back.

#include <gtest/gtest.h>

#include "analysis/report.h"
#include "core/base/random.h"
#include "core/trace/codec.h"
#include "tests/unit/analysis/script.h"

namespace hearsay::analysis {
namespace {

class Tape final : public TraceSink {
 public:
  void on_event(const TraceEvent& event) override { events.push_back(event); }
  std::vector<TraceEvent> events;
};

// Something like a run: starts, crashes, gossip, blocks, all in a plausible order but not a
// consistent one.
std::vector<TraceEvent> random_run(std::uint64_t seed, const RunFacts& facts) {
  Tape tape;
  Script script(tape);
  Random random = Random::root(seed).fork("run");
  const auto n = static_cast<std::uint32_t>(facts.peers.size());
  script.start_all(n);
  Time now = 0;
  for (int i = 0; i < 5'000; ++i) {
    now += random.below(20'000'000);
    script.at(now);
    const std::uint32_t a = random.below(n);
    const std::uint32_t b = random.below(n);
    const BlockNum number = 1 + random.below(20);
    switch (random.below(14)) {
      case 0:
        random.chance({1, 30}) ? script.crash(a) : script.start(a);
        break;
      case 1:
      case 2:
        script.alive(a, b);
        break;
      case 3:
        script.dead(a, b, static_cast<DeathCause>(random.below(3)));
        break;
      case 4:
        script.block(a, number, static_cast<BlockOrigin>(random.below(4)), b);
        break;
      case 5:
        script.commit(a, number);
        break;
      case 6:
        random.chance({1, 2}) ? script.leads(a) : script.steps_down(a);
        break;
      case 7:
        script.push(a, b, number);
        break;
      case 8:
        script.fault(random.below(2), a, random.chance({1, 2}));
        break;
      case 9:
        script.put(a, TraceKind::kMessageRejected,
                   {.other = PeerIndex{b},
                    .detail = static_cast<std::uint8_t>(random.below(22)),
                    .type = kAliveMsg});
        break;
      case 10:
        script.put(a, TraceKind::kStateInfoLearned,
                   {.value = number, .other = PeerIndex{b}, .channel = ChannelIndex{0}});
        break;
      default:
        script.sent(a, b, kAliveMsg, random.below(1000), random.next64());
        script.delivered(b, a, kAliveMsg);
    }
  }
  return tape.events;
}

std::string everything(const RunObserver& run) {
  const RunReport report{{}, run, {}, ""};
  std::string out = report_json(report) + report_text(report);
  const auto add = [&](std::string_view piece) { out += piece; };
  report_blocks_csv(run, add);
  report_convergence_csv(run, add);
  report_messages_csv(run, add);
  for (std::size_t i = 0; i < kInvariants; ++i) {
    out += run.invariants().state(static_cast<Invariant>(i)).evidence;
  }
  return out;
}

TEST(RoundTrip, CollectorsSeeTheSameInATraceReadBack) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const RunFacts facts = facts_of(5, 2, seed % 2 == 0);
    const TraceCodec codec(facts);
    RunObserver live(facts);
    RunObserver late(facts);
    std::string line;
    Time end = 0;
    for (const TraceEvent& event : random_run(seed, facts)) {
      live.on_event(event);
      line.clear();
      codec.append_line(event, line);
      late.on_event(codec.parse_line(line).value());
      end = event.time;
    }
    live.finish(end);
    late.finish(end);
    ASSERT_EQ(everything(live), everything(late)) << seed;
  }
}

}  // namespace
}  // namespace hearsay::analysis
