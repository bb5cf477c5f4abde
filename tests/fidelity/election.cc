#include "tests/fidelity/election.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "analysis/stats.h"
#include "core/base/assert.h"
#include "sim/run/runner.h"
#include "tests/fidelity/experiments.h"
#include "tests/fidelity/measures.h"

namespace hearsay::fidelity {

namespace {

constexpr double kNeverSeconds = std::numeric_limits<double>::infinity();
constexpr double kWidened = 0.20;

// Who considers itself leader, from an instant on.
class LeaderWatch final : public TraceSink {
 public:
  explicit LeaderWatch(Time from) : from_(from) {}

  void on_event(const TraceEvent& event) override {
    if (event.time < from_) return;
    if (event.kind == TraceKind::kLeaderDeclared) {
      if (std::ranges::find(leaders_, event.peer) == leaders_.end()) leaders_.push_back(event.peer);
      most_ = std::max(most_, leaders_.size());
      if (first_ == kNever) first_ = event.time;
      changed(event.time);
    } else if (event.kind == TraceKind::kLeaderSteppedDown) {
      if (std::erase(leaders_, event.peer) > 0) changed(event.time);
    }
  }

  // Seconds since the instant: of the first declaration, and since when there has been one leader.
  double first() const { return seconds(first_); }
  double single() const { return leaders_.size() == 1 ? seconds(changed_) : kNeverSeconds; }
  std::size_t most() const { return most_; }
  PeerIndex leader() const { return leaders_.size() == 1 ? leaders_.front() : kNoPeer; }

 private:
  void changed(Time now) { changed_ = now; }
  double seconds(Time at) const { return at == kNever ? kNeverSeconds : to_seconds(at - from_); }

  const Time from_;
  Time first_ = kNever;
  Time changed_ = kNever;
  std::size_t most_ = 0;
  std::vector<PeerIndex> leaders_;
};

struct Outcome {
  Sample first, single, most, rank, messages;

  void add(const LeaderWatch& watch, const sim::Cluster& cluster, PeerIndex gone = kNoPeer) {
    first.push_back(watch.first());
    single.push_back(watch.single());
    most.push_back(static_cast<double>(watch.most()));
    if (watch.leader() == kNoPeer) return;
    // 1 is the smallest PKI-ID of those that are there.
    int above = 1;
    for (std::size_t i = 0; i < cluster.size(); ++i) {
      const PeerIndex p = peer_index(i);
      if (p != gone && cluster.pki_id(p) < cluster.pki_id(watch.leader())) ++above;
    }
    rank.push_back(above);
  }
};

std::string plan_text(unsigned peers, std::uint64_t seed, const std::string& spread,
                      const std::string& duration) {
  return scenario_text({.peers = peers, .elected = true}, seed, spread, duration, "");
}

std::unique_ptr<sim::Runner> runner_of(const scenario::Scenario& plan) {
  sim::RunOptions options;
  options.clock = sim::ClockKind::kPlain;
  auto runner = sim::Runner::make(plan, options);
  HS_ASSERT(runner.ok());
  return std::move(runner).value();
}

// The election of a peer begins anew, as when its service is stopped and started.
void elect_anew(sim::Runner& runner, PeerIndex peer) {
  const auto begun = runner.cluster().peer(peer)->service().initialize_channel("ch1");
  HS_ASSERT(begun.ok());
}

// Who leads from `from` on, in a run of each seed. `plan_of` makes its scenario, `arrange` says
// what else is to happen.
template <typename PlanOf, typename Arrange>
Outcome watch_runs(unsigned seeds, Time from, PlanOf&& plan_of, Arrange&& arrange) {
  Outcome outcome;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    const scenario::Scenario plan = plan_of(seed);
    const auto runner = runner_of(plan);
    LeaderWatch watch(from);
    runner->add_sink(watch);
    arrange(*runner);
    runner->run();
    outcome.add(watch, runner->cluster());
  }
  return outcome;
}

// `latency` is one way; absent: that of the measurement's set-up.
Outcome start_of(unsigned peers, unsigned seeds, const std::string& spread,
                 std::optional<Duration> latency = {}) {
  const auto plan_of = [&](unsigned seed) {
    auto plan = parse(plan_text(peers, seed, spread, "30s"));
    if (latency) plan.network.latency = scenario::Latency::constant(*latency);
    return plan;
  };
  return watch_runs(seeds, 0, plan_of, [](sim::Runner&) {});
}

Outcome warm(unsigned peers, unsigned seeds) {
  constexpr Time kAgain = 60 * kSecond;
  const auto plan_of = [&](unsigned seed) { return parse(plan_text(peers, seed, "5s", "90s")); };
  return watch_runs(seeds, kAgain, plan_of, [&](sim::Runner& runner) {
    runner.world().call_at(kAgain, [peers, &runner] {
      for (unsigned p = 0; p < peers; ++p)
        elect_anew(runner, peer_index(p));
    });
  });
}

Outcome leader_crash(unsigned peers, unsigned seeds) {
  constexpr Time kAnew = 60 * kSecond;
  Outcome outcome;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    const auto plan = parse(plan_text(peers, seed, "5s", "130s"));
    const auto runner = runner_of(plan);
    Random random = Random::root(seed).fork("leader crash");
    const auto up_to = [&](Duration d) {
      return static_cast<Duration>(random.below64(static_cast<std::uint64_t>(d)));
    };
    // Followers' windows out of phase, then a moment of quiet.
    const Time crash = kAnew + 22 * kSecond + up_to(10 * kSecond);
    std::vector<Time> anew(peers);
    for (Time& at : anew)
      at = kAnew + up_to(10 * kSecond);
    LeaderWatch watch(crash);
    SentCounter sent(crash - 10 * kSecond, crash);
    runner->add_sink(watch);
    runner->add_sink(sent);
    const auto leaders = [&] { return runner->cluster().leaders("org1", "ch1"); };
    for (unsigned p = 0; p < peers; ++p) {
      runner->world().call_at(anew[p], [&, p] {
        if (leaders() != std::vector{peer_index(p)}) elect_anew(*runner, peer_index(p));
      });
    }
    PeerIndex gone = kNoPeer;
    runner->world().call_at(crash, [&] {
      HS_ASSERT(leaders().size() == 1);
      gone = leaders().front();
      runner->world().stop(gone, StopReason::kCrash);
    });
    runner->run();
    outcome.add(watch, runner->cluster(), gone);
    const MessageType type = message_type(ContentKind::kLeadership, PullMsgType::kUndefined);
    outcome.messages.push_back(sent.per_second(static_cast<std::uint8_t>(type)));
  }
  return outcome;
}

// How often rank 1 won.
double first_share(const Sample& ranks) {
  return static_cast<double>(std::ranges::count(ranks, 1.0)) / static_cast<double>(ranks.size());
}

// "0.84 (21 of 25)" against ours, which must lie in the 99 % interval of Wilson for Fabric's.
void rank_row(Page& page, const std::string& what, unsigned peers, const nlohmann::json& measured,
              const Sample& ours) {
  constexpr double kZ = 2.576;
  const auto runs = static_cast<double>(measured.size());
  double ones = 0;
  for (const auto& rank : measured)
    ones += rank.get<int>() == 1 ? 1 : 0;
  const double share = ones / runs;
  const double middle = (share + kZ * kZ / (2 * runs)) / (1 + kZ * kZ / runs);
  const double half = kZ * std::sqrt(share * (1 - share) / runs + kZ * kZ / (4 * runs * runs)) /
                      (1 + kZ * kZ / runs);
  const double mine = first_share(ours);
  page.row(
      {what, std::to_string(peers), fmt::format("{:.2f} ({:.0f} of {:.0f})", share, ones, runs),
       fmt::format("{:.2f}–{:.2f}", middle - half, std::min(1.0, middle + half)),
       fmt::format("{:.3f}, highest rank {:.0f}", mine, *std::ranges::max_element(ours))},
      mine >= middle - half - 1e-9 && mine <= middle + half + 1e-9);
}

// The median in Fabric's range; how many of our runs lie there is shown.
void time_row(Page& page, const std::string& what, unsigned peers, const nlohmann::json& measured,
              const Sample& ours) {
  const double low = measured[1].get<double>() * (1 - kWidened);
  const double high = measured[2].get<double>() * (1 + kWidened);
  const auto inside = std::ranges::count_if(ours, [&](double x) { return x >= low && x <= high; });
  const double median = median_of(ours);
  page.row({what, std::to_string(peers), spread_text(measured[0], measured[1], measured[2]),
            fmt::format("{:.2f}–{:.2f}", low, high),
            fmt::format("{}, {:.1f} % inside", spread_text(ours),
                        100 * static_cast<double>(inside) / static_cast<double>(ours.size()))},
           median >= low && median <= high);
}

void distribution_row(Page& page, unsigned peers, const char* what, Sample sample) {
  std::ranges::sort(sample);
  std::vector<std::string> cells = {what, std::to_string(peers)};
  for (const double p : {0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0})
    cells.push_back(fmt::format("{:.2f}", analysis::quantile(sample, p)));
  page.plain_row(cells);
}

// Not a comparison: what a cold start depends on.
void add_cold_starts(Page& page, unsigned seeds) {
  page.paragraph("");
  page.paragraph(
      "What a cold start depends on. Whoever hears a declaration before its own five seconds are "
      "over follows, so the number of leaders and the rank of the one that stays are a race "
      "between starts and messages. On the two cores of the measurement a block took 10 ms from "
      "peer to peer in quiet moments and more in bursts.");
  page.begin_plain_table(
      {"N", "starts within", "one-way latency", "one leader", "leaders at a time", "rank 1 leads"});
  for (const unsigned n : {8U, 16U, 32U}) {
    for (const unsigned spread : {1U, 6U}) {
      for (const Duration latency : {200 * kMicrosecond, 10 * kMillisecond, 40 * kMillisecond}) {
        const Outcome ours = start_of(n, seeds, fmt::format("{}ms", spread * n), latency);
        page.plain_row({std::to_string(n), fmt::format("{} ms", spread * n),
                        fmt::format("{} us", latency / kMicrosecond), spread_text(ours.single),
                        spread_text(ours.most), fmt::format("{:.2f}", first_share(ours.rank))});
      }
    }
  }
}

}  // namespace

void add_election(Page& page, const nlohmann::json& fabric, unsigned seeds) {
  page.heading("Leader election against real Fabric");
  page.paragraph(fmt::format(
      "{} seeds per row. Seconds until one leader is left, and how many led at the same time; our "
      "median must lie in Fabric's range widened by 20 %. Rank 1 is the smallest PKI-ID there is; "
      "the share of runs that it won must lie in the 99 % interval (Wilson) of Fabric's. Cold: all "
      "peers start within N * 1.25 ms. Staggered: within 5 s. Warm: all elections begin anew on a "
      "settled membership. Crash: followers' elections begin anew within 10 s, 12 to 22 s later "
      "the leader crashes.",
      seeds));
  page.begin_table({"figure", "N", "Fabric", "allowed", "hearsay"});
  std::vector<std::pair<unsigned, Outcome>> crashes;
  for (const unsigned n : {8U, 16U, 32U}) {
    const std::string key = std::to_string(n);
    const auto rows = [&](const char* name, const Outcome& ours) {
      const auto label = [&](const char* what) { return fmt::format("{}, {}", name, what); };
      const nlohmann::json& theirs = fabric[name];
      time_row(page, label("one leader"), n, theirs["single"][key], ours.single);
      time_row(page, label("leaders at a time"), n, theirs["max_simultaneous"][key], ours.most);
      rank_row(page, label("rank 1 leads"), n, theirs["rank"][key], ours.rank);
    };
    rows("cold", start_of(n, seeds, at_once(n)));
    rows("staggered", start_of(n, seeds, "5s"));
    rows("warm", warm(n, seeds));
    const Outcome crashed = leader_crash(n, seeds);
    time_row(page, "crash, first declaration", n, fabric["crash"]["first"][key], crashed.first);
    rows("crash", crashed);
    time_row(page, "crash, leadership messages a second before", n,
             fabric["crash"]["messages_per_s"][key], crashed.messages);
    crashes.emplace_back(n, crashed);
  }
  page.paragraph("");
  page.paragraph("After a leader's crash, seconds: the distribution over the seeds.");
  page.begin_plain_table({"figure", "N", "least", "5 %", "25 %", "50 %", "75 %", "95 %", "most"});
  for (const auto& [n, crashed] : crashes) {
    distribution_row(page, n, "first declaration", crashed.first);
    distribution_row(page, n, "one leader", crashed.single);
    distribution_row(page, n, "rank of the new leader", crashed.rank);
  }
  add_cold_starts(page, std::min(seeds, 20U));
}

}  // namespace hearsay::fidelity
