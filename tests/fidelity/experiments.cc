#include "tests/fidelity/experiments.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "core/base/random.h"
#include "core/gossip/duration_text.h"
#include "core/wire/message.h"
#include "sim/run/runner.h"
#include "sim/scenario/load.h"
#include "tests/fidelity/measures.h"

namespace hearsay::fidelity {

std::string at_once(unsigned peers) { return fmt::format("{}us", 1250 * peers); }

scenario::Scenario parse(const std::string& text) {
  auto loaded = scenario::load_scenario_text(text, "fidelity.json", ".", {});
  if (loaded.ok()) return std::move(loaded).value();
  for (const auto& complaint : loaded.error()) {
    fmt::print(stderr, "{}\n", complaint.text());
  }
  std::abort();
}

std::string scenario_text(Organisation org, std::uint64_t seed, const std::string& spread,
                          const std::string& duration, const std::string& rest) {
  return fmt::format(R"({{ "name": "fidelity", "seed": {}, "duration": "{}",
    "organizations": [ {{ "name": "org1", "peers": {}, "leader": "{}",
                          "start": {{ "at": "0s", "spread": "{}" }} }} ],
    "channels": [ {{ "name": "ch1" }} ],
    "network": {{ "latency": "{}" }}{} }})",
                     seed, duration, org.peers, org.elected ? "elected" : "static", spread,
                     kLoopback, rest);
}

namespace {

Duration duration_of(const std::string& text) {
  const auto duration = parse_duration(text);
  HS_ASSERT(duration.has_value());
  return *duration;
}

template <typename... Sinks>
void run(const scenario::Scenario& plan, Sinks&... sinks) {
  sim::RunOptions options;
  options.clock = sim::ClockKind::kPlain;
  auto runner = sim::Runner::make(plan, options);
  HS_ASSERT(runner.ok());
  (runner.value()->add_sink(sinks), ...);
  runner.value()->run();
}

std::uint8_t type_of(ContentKind kind) {
  return static_cast<std::uint8_t>(message_type(kind, PullMsgType::kUndefined));
}

// As type_name() writes it.
std::uint8_t type_named(const std::string& name) {
  for (std::size_t i = 0; i < kMessageTypes; ++i) {
    if (type_name(static_cast<MessageType>(i)) == name) return static_cast<std::uint8_t>(i);
  }
  HS_ASSERT_MSG(false, "no such message type");
  return 0;
}

// A quarter of the peers, never the bootstrap peer.
std::string fault_text(const char* kind, unsigned peers, const char* more = "") {
  return fmt::format(
      R"(, "faults": [ {{ "kind": "{}", "at": "60s", "peers": "{} of org1 except org1/0"{} }} ])",
      kind, peers / 4, more);
}

Loss lose(unsigned peers, unsigned seeds, const char* kind, const char* duration) {
  Loss loss;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    // The measured clusters had been started at one moment, some 200 s before.
    const auto plan =
        parse(scenario_text({.peers = peers}, seed, "5s", duration, fault_text(kind, peers)));
    DropCurve curve(peers, 60 * kSecond);
    run(plan, curve);
    loss.p50.push_back(curve.dropped(50));
    loss.p100.push_back(curve.dropped(100));
  }
  return loss;
}

}  // namespace

ColdStart cold_start(unsigned peers, unsigned seeds) {
  // Longer than at_once(): here it counts when a peer is connected, which took its share of two
  // cores; hosts of ours have a CPU of their own.
  return cold_start(peers, seeds, fmt::format("{}ms", 6 * peers), kLoopback);
}

ColdStart cold_start(unsigned peers, unsigned seeds, const std::string& spread,
                     const std::string& latency) {
  ColdStart start;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    auto plan = parse(scenario_text({.peers = peers}, seed, spread, "30s", ""));
    plan.network.latency = scenario::Latency::constant(duration_of(latency));
    PairCurve curve(peers);
    run(plan, curve);
    start.p50.push_back(curve.reached(50));
    start.p90.push_back(curve.reached(90));
    start.p99.push_back(curve.reached(99));
    start.p100.push_back(curve.reached(100));
  }
  return start;
}

Sample staggered_start(unsigned peers, unsigned seeds) {
  Sample sample;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    const auto plan = parse(scenario_text({.peers = peers}, seed, "5s", "40s", ""));
    PairCurve curve(peers);
    run(plan, curve);
    sample.push_back(curve.reached(100) - curve.last_start());
  }
  return sample;
}

namespace {

constexpr unsigned kBlocks = 40;

// A block in each second from `first` on, at a random moment of the first 0.9 s of it: no more in
// phase with the ticks than those of the measurement.
scenario::Scenario steady_plan(unsigned peers, std::uint64_t seed, const std::string& spread,
                               bool state_transfer, Time first) {
  Random random = Random::root(seed).fork("slots");
  std::string blocks;
  for (unsigned n = 0; n < kBlocks; ++n) {
    const Time at = first + n * kSecond + random.below(900) * kMillisecond;
    blocks += fmt::format(R"({}{{ "start": "{}ms", "count": 1 }})", n == 0 ? "" : ", ",
                          at / kMillisecond);
  }
  return parse(scenario_text(
      {.peers = peers, .elected = true}, seed, spread, "115s",
      fmt::format(R"(, "config": {{ "peer.gossip.state.enabled": {} }}, "blocks": [ {} ])",
                  state_transfer, blocks)));
}

}  // namespace

void Steady::append(const Steady& more) {
  const auto put = [](Sample& to, const Sample& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  for (const auto& [type, rates] : more.idle)
    put(idle[type], rates);
  for (const auto& [type, rates] : more.busy)
    put(busy[type], rates);
  put(total, more.total);
  put(push_share, more.push_share);
  put(pull_share, more.pull_share);
  put(data_per_block, more.data_per_block);
  put(full_blocks_per_block, more.full_blocks_per_block);
  put(pull_latency, more.pull_latency);
  never += more.never;
}

Steady steady(unsigned peers, unsigned seeds, const std::string& spread, bool state_transfer,
              const std::vector<std::string>& types, const std::string& latency) {
  const double deliveries = kBlocks * (peers - 1.0);
  Steady result;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    // Where the first block comes between the ticks of a cluster started at once is chance.
    const Time first = (55'000 + (seed * 1'373) % 5'000) * kMillisecond;
    auto plan = steady_plan(peers, seed, spread, state_transfer, first);
    plan.network.latency = scenario::Latency::constant(duration_of(latency));
    SentCounter idle(30 * kSecond, 55 * kSecond);
    // Fabric's DataMsg per second and per block say how long its phase of 40 blocks was: 40.7 s.
    SentCounter busy(first, first + 40'700 * kMillisecond);
    BlockRoads roads(peers, kBlocks);
    BlockTransmissions sent;
    run(plan, idle, busy, roads, sent);
    for (const std::string& name : types) {
      const std::uint8_t type = type_named(name);
      result.idle[name].push_back(idle.per_second(type) / peers);
      result.busy[name].push_back(busy.per_second(type) / peers);
    }
    result.total.push_back(busy.per_second() / peers);
    const auto pushed = static_cast<double>(roads.first_by(BlockOrigin::kPush));
    const auto pulled = static_cast<double>(roads.first_by(BlockOrigin::kPull));
    const auto stated = static_cast<double>(roads.first_by(BlockOrigin::kState));
    result.push_share.push_back(pushed / deliveries);
    result.pull_share.push_back(pulled / deliveries);
    result.never += static_cast<unsigned>(deliveries - pushed - pulled - stated);
    result.data_per_block.push_back(static_cast<double>(sent.pushed()) / kBlocks);
    result.full_blocks_per_block.push_back(static_cast<double>(sent.all()) / kBlocks);
    const auto& latencies = roads.pull_latencies();
    result.pull_latency.insert(result.pull_latency.end(), latencies.begin(), latencies.end());
  }
  return result;
}

Restart restart(unsigned peers, unsigned seeds) {
  Restart result;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    // Where the ticks of those that stayed stand at the restart is chance.
    const std::string back =
        fmt::format(R"(, "restart_after": "{}ms")", 60'000 + (seed * 7'919) % 20'000);
    const auto plan = parse(scenario_text({.peers = peers}, seed, at_once(peers), "180s",
                                          fault_text("crash", peers, back.c_str())));
    ReturnCurve curve(peers, 60 * kSecond);
    run(plan, curve);
    result.p50.push_back(curve.returned(50));
    result.p90.push_back(curve.returned(90));
    result.p100.push_back(curve.returned(100));
  }
  return result;
}

LateJoin late_join(unsigned peers, unsigned seeds) {
  constexpr BlockNum kLast = 40;
  LateJoin result;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    const auto plan =
        parse(scenario_text({.peers = peers + 3}, seed, "5s", "200s",
                            fmt::format(R"(, "config": {{ "peer.gossip.state.enabled": true }},
            "blocks": [ {{ "start": "55s", "interval": "1s", "count": {} }} ],
            "overrides": [ {{ "peers": "org1/{}", "start": {{ "at": "110s" }} }},
                           {{ "peers": "org1/{}", "start": {{ "at": "113300ms" }} }},
                           {{ "peers": "org1/{}", "start": {{ "at": "116600ms" }} }} ])",
                                        kLast, peers, peers + 1, peers + 2)));
    Joiner a(peer_index(peers), kLast);
    Joiner b(peer_index(peers + 1), kLast);
    Joiner c(peer_index(peers + 2), kLast);
    run(plan, a, b, c);
    for (const Joiner* joiner : {&a, &b, &c}) {
      result.first_commit.push_back(joiner->first_commit());
      result.caught_up.push_back(joiner->caught_up());
      result.requests.push_back(joiner->requests());
      result.responses.push_back(joiner->responses());
    }
  }
  return result;
}

Loss crash(unsigned peers, unsigned seeds) { return lose(peers, seeds, "crash", "120s"); }

Loss blackhole(unsigned peers, unsigned seeds) { return lose(peers, seeds, "isolate", "120s"); }

Push push_rule(unsigned peers, unsigned blocks, std::uint64_t seed) {
  // Long before the blocks everybody knows everybody; each block has its emissions to itself,
  // because it is over before the next is cut. There are no heartbeats: views fill by membership
  // responses.
  const std::string rest = fmt::format(
      R"(, "blocks": [ {{ "start": "300s", "interval": "250ms", "count": {} }} ],
      "config": {{ "peer.gossip.aliveTimeInterval": "20h",
                  "peer.gossip.aliveExpirationTimeout": "100h",
                  "peer.gossip.publishCertPeriod": "100h", "peer.gossip.pullInterval": "20s",
                  "peer.gossip.requestStateInfoInterval": "30s" }})",
      blocks);
  const std::string duration = fmt::format("{}s", 310 + blocks / 4);
  const auto plan = parse(scenario_text({.peers = peers}, seed, "20s", duration, rest));
  PushCounter pushed(blocks);
  class PerBlock final : public TraceSink {
   public:
    explicit PerBlock(unsigned n) : sent(n + 1) {}
    void on_event(const TraceEvent& event) override {
      if (event.kind != TraceKind::kMessageSent || event.type != type_of(ContentKind::kData))
        return;
      const auto block = static_cast<std::size_t>((event.time - 300 * kSecond) / (kSecond / 4)) + 1;
      if (block < sent.size()) ++sent[block];
    }
    std::vector<std::uint32_t> sent;
  } transmissions(blocks);
  run(plan, pushed, transmissions);
  Push result;
  for (unsigned n = 1; n <= blocks; ++n) {
    result.covered.push_back(pushed.receivers(n) + 1);
    result.transmissions.push_back(transmissions.sent[n]);
  }
  return result;
}

}  // namespace hearsay::fidelity
