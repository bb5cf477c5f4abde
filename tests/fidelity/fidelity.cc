// hearsay_fidelity [--seeds N] [--blocks N] [--only PART]
//
// Prints the page docs/fidelity.md: hearsay beside real Fabric and beside theory. Exit code 1 when
// a comparison does not hold. PART: traffic, blocks, catching-up, membership or election; all of
// them, which is fabric; or theory.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/stats.h"
#include "tests/fidelity/election.h"
#include "tests/fidelity/experiments.h"
#include "tests/fidelity/table.h"
#include "tests/fidelity/theory.h"

namespace hearsay::fidelity {
namespace {

using Json = nlohmann::json;

// What --only takes; "fabric" is all but the theory.
constexpr std::array<std::string_view, 7> kParts = {
    "fabric", "traffic", "blocks", "catching-up", "membership", "election", "theory"};

struct Flags {
  unsigned seeds = 20;
  unsigned blocks = 2000;
  std::string only;
};

// A [median, min, max] of Fabric against one figure of ours: it lies in the range widened by
// `widened`.
void quantile_row(Page& page, const std::string& what, unsigned peers, const Json& measured,
                  double ours, double widened, const std::string& text = "") {
  const double low = measured[1].get<double>() * (1 - widened);
  const double high = measured[2].get<double>() * (1 + widened);
  page.row(
      {what, std::to_string(peers), spread_text(measured[0], measured[1], measured[2]),
       fmt::format("{:.2f}–{:.2f}", low, high), text.empty() ? fmt::format("{:.2f}", ours) : text},
      ours >= low && ours <= high);
}

// The same with the median of a sample of ours.
void range_row(Page& page, const std::string& what, unsigned peers, const Json& measured,
               const Sample& ours, double widened = 0.25) {
  quantile_row(page, what, peers, measured, median_of(ours), widened, spread_text(ours));
}

// A mean with its 95 % confidence interval.
std::string mean_text(const Sample& sample) {
  const auto interval = analysis::mean_interval(sample);
  return fmt::format("{:.4g} [{:.4g}–{:.4g}]", analysis::mean(sample), interval.low, interval.high);
}

// A figure of Fabric against the mean of ours.
void figure_row(Page& page, const std::string& what, unsigned peers, double measured,
                const Sample& ours, double tolerance, bool relative) {
  const double mean = analysis::mean(ours);
  const double off = relative ? mean / measured - 1 : mean - measured;
  page.row({what, std::to_string(peers), fmt::format("{:.4g}", measured), mean_text(ours),
            relative ? fmt::format("{:+.1f} %, allowed {:.0f} %", 100 * off, 100 * tolerance)
                     : fmt::format("{:+.4f}, allowed {:.3f}", off, tolerance)},
           std::abs(off) <= tolerance);
}

// The clusters of the measurement with state transfer off: a third was started at one moment.
Steady as_measured(unsigned peers, unsigned seeds, const std::vector<std::string>& types) {
  Steady all = steady(peers, 2 * seeds, kApart, false, types);
  all.append(steady(peers, seeds, at_once(peers), false, types));
  return all;
}

void add_traffic(Page& page, const Json& fabric, unsigned seeds) {
  page.heading("Traffic against real Fabric");
  page.paragraph(fmt::format(
      "Messages sent per peer and second, idle and with a block a second: every type that real "
      "Fabric sends more than 0.1 times a second. Means over the runs; ours with the 95 % "
      "confidence interval. As with Fabric, leaders are elected, a third of the clusters is "
      "started at one moment ({}) and the others within 5 s ({}), and a block comes at a random "
      "moment of the first 0.9 s of each second.",
      seeds, 2 * seeds));
  page.begin_table({"figure", "N", "Fabric", "hearsay", "difference"});
  const Json& rates = fabric["messages_per_peer_s"];
  std::vector<std::string> types;
  for (const auto& [type, unused] : rates.items())
    types.push_back(type);
  for (const unsigned n : {8U, 16U, 32U}) {
    const std::string key = std::to_string(n);
    const Steady ours = as_measured(n, seeds, types);
    for (const std::string& type : types) {
      const double idle = rates[type][key][0];
      const double allowed = type == "AliveMsg" ? 0.05 : 0.07;
      if (idle > 0.1) {
        figure_row(page, type + ", idle", n, idle, ours.idle.at(type), allowed, true);
      }
      figure_row(page, type + ", a block a second", n, rates[type][key][1], ours.busy.at(type),
                 allowed, true);
    }
  }
}

// The same, by how the clusters were started, and what the difference depends on.
void add_starts(Page& page, const Json& fabric, unsigned seeds) {
  page.heading("Traffic and how peers were started");
  page.paragraph(
      "All messages per peer and second with a block a second, each group of clusters by itself. "
      "The last of the measured peers that were started at once was there after 10 to 250 ms; here "
      "they start within N * 1.25 ms, that is 10 ms for the eight of the smallest clusters. How "
      "the range divides among the sizes was not measured; that after such a start nearly every "
      "peer led for a moment (elections, below) speaks for starts as close as these.");
  page.begin_table({"figure", "N", "Fabric", "hearsay", "difference"});
  const Json& totals = fabric["messages_per_peer_s_by_start"];
  for (const unsigned n : {8U, 16U, 32U}) {
    const std::string key = std::to_string(n);
    figure_row(page, "all messages, started apart", n, totals["apart"][key],
               steady(n, 2 * seeds, kApart, false, {}).total, 0.03, true);
    figure_row(page, "all messages, started at once", n, totals["at_once"][key],
               steady(n, 2 * seeds, at_once(n), false, {}).total, 0.03, true);
  }
  page.paragraph("");
  page.paragraph(
      "Nothing but state information makes the difference. Each peer publishes its own every 4 s, "
      "and whoever hears of it by push sends it on to three: at most 0.75 N a second. At the tick "
      "at which a peer publishes, it also asks three others for all they have. When all tick "
      "together, the answers bring what those three have just published before any push, which "
      "waits up to 10 ms for its batch; what came in an answer is not sent on, so that about "
      "0.75 (N - 3) are left. The wider the starts, the less of this; slow messages, as on the two "
      "cores of the measurement in the burst that follows such a tick, make it more.");
  page.begin_plain_table({"N", "starts within", "one-way latency", "StateInfo", "all messages"});
  for (const unsigned n : {8U, 16U, 32U}) {
    const auto row = [&](const std::string& spread, const char* latency) {
      const Steady ours = steady(n, seeds, spread, false, {"StateInfo"}, latency);
      page.plain_row({std::to_string(n), spread, latency, mean_text(ours.busy.at("StateInfo")),
                      mean_text(ours.total)});
    };
    row(kApart, kLoopback);
    row(kApart, "2ms");
    for (const unsigned apart : {6000U, 1250U, 0U}) {
      row(fmt::format("{}ms", apart * n / 1000), kLoopback);
      row(fmt::format("{}ms", apart * n / 1000), "2ms");
    }
  }
}

void add_blocks(Page& page, const Json& fabric, unsigned seeds, bool state_transfer) {
  page.heading(state_transfer ? "Blocks against real Fabric, state transfer on"
                              : "Blocks against real Fabric, state transfer off");
  page.begin_table({"figure", "N", "Fabric", "hearsay", "difference"});
  const Json& measured = fabric["blocks"][state_transfer ? "on" : "off"];
  std::map<unsigned, Steady> all;
  for (const unsigned n : {8U, 16U, 32U}) {
    const std::string key = std::to_string(n);
    const Steady& ours = all[n] =
        state_transfer ? steady(n, seeds, at_once(n), true, {}) : as_measured(n, seeds, {});
    figure_row(page, "share first reached by push", n, measured["push_share"][key], ours.push_share,
               0.015, false);
    figure_row(page, "share first reached by pull", n, measured["pull_share"][key], ours.pull_share,
               0.015, false);
    figure_row(page, "DataMsg sent per block", n, measured["data_msg"][key], ours.data_per_block,
               0.03, true);
    figure_row(page, "full-block transmissions per block", n, measured["full_block"][key],
               ours.full_blocks_per_block, 0.03, true);
    page.row({"blocks that never came", key, "0", std::to_string(ours.never), ""}, ours.never == 0);
  }
  page.paragraph("");
  page.paragraph(
      "Latency of what came by pull, seconds, over all deliveries of all runs; Fabric: all runs "
      "[lowest–highest of its three groups of runs], widened by 20 %.");
  page.begin_table({"figure", "N", "Fabric", "allowed", "hearsay"});
  for (const auto& [n, ours] : all) {
    for (const char* quantile : {"p50", "p95"}) {
      Sample sorted = ours.pull_latency;
      std::sort(sorted.begin(), sorted.end());
      const double value = analysis::quantile(sorted, quantile[1] == '5' ? 0.5 : 0.95);
      quantile_row(page, fmt::format("pull, {}", quantile), n,
                   fabric["pull_latency"][quantile][std::to_string(n)], value, 0.20);
    }
  }
}

void add_catching_up(Page& page, const Json& fabric, unsigned seeds) {
  page.heading("Restart and late joiners against real Fabric");
  page.paragraph(
      "Seconds, median [min–max]; our median must lie in Fabric's range widened by 20 %. Restart: "
      "N/4 peers that crashed 60 s before start again with their ledgers, until pairs of which "
      "they "
      "are part are known again. Late joiner: starts at height 41, state transfer on.");
  page.begin_table({"figure", "N", "Fabric", "allowed", "hearsay"});
  for (const unsigned n : {8U, 16U, 32U}) {
    const std::string key = std::to_string(n);
    const Restart back = restart(n, seeds);
    const Json& again = fabric["restart"];
    range_row(page, "restart, 50 % of new pairs", n, again["p50"][key], back.p50, 0.20);
    range_row(page, "restart, 90 %", n, again["p90"][key], back.p90, 0.20);
    range_row(page, "restart, all see all", n, again["p100"][key], back.p100, 0.20);
    const LateJoin late = late_join(n, seeds);
    const Json& joiner = fabric["late_joiner"];
    range_row(page, "late joiner, first commit", n, joiner["first_commit"][key], late.first_commit,
              0.20);
    range_row(page, "late joiner, caught up", n, joiner["caught_up"][key], late.caught_up, 0.20);
    range_row(page, "late joiner, state requests", n, joiner["requests"][key], late.requests, 0.20);
    range_row(page, "late joiner, state responses", n, joiner["responses"][key], late.responses,
              0.20);
  }
}

void add_membership(Page& page, const Json& fabric, unsigned seeds) {
  page.heading("Membership against real Fabric");
  page.paragraph(
      "Seconds, median [min–max]. Our median must lie in Fabric's range widened by 25 %. Cold "
      "start: all peers within N * 6 ms, which stands for what a peer and its first connections "
      "take of two cores. Staggered: within 5 s, counted from the last start. Crash and "
      "blackhole: N/4 peers, never the bootstrap peer.");
  page.begin_table({"figure", "N", "Fabric", "allowed", "hearsay"});
  for (const unsigned n : {8U, 16U, 32U}) {
    const std::string key = std::to_string(n);
    const ColdStart cold = cold_start(n, seeds);
    range_row(page, "cold start, 50 % of pairs", n, fabric["cold"]["p50"][key], cold.p50);
    range_row(page, "cold start, 90 %", n, fabric["cold"]["p90"][key], cold.p90);
    range_row(page, "cold start, 99 %", n, fabric["cold"]["p99"][key], cold.p99);
    range_row(page, "cold start, 100 %", n, fabric["cold"]["p100"][key], cold.p100);
    range_row(page, "staggered start, 100 %", n, fabric["staggered"]["p100_after_last_start"][key],
              staggered_start(n, seeds));
    const Loss crashed = crash(n, seeds);
    range_row(page, "crash, 50 % of pairs dropped", n, fabric["crash"]["p50"][key], crashed.p50);
    range_row(page, "crash, 100 %", n, fabric["crash"]["p100"][key], crashed.p100);
    const Loss lost = blackhole(n, seeds);
    range_row(page, "blackhole, 50 % of pairs dropped", n, fabric["blackhole"]["p50"][key],
              lost.p50);
    range_row(page, "blackhole, 100 %", n, fabric["blackhole"]["p100"][key], lost.p100);
  }
}

// Not a comparison: what the one slow figure of the measured clusters depends on.
void add_slow_dials(Page& page, unsigned seeds) {
  page.heading("Cold start of 32 peers and the time a connection takes");
  page.paragraph(
      "Of the measured clusters of 32, two thirds saturated their two cores during the cold start, "
      "and "
      "their identity and block pulls dial at the same instant, 4 s, as the membership sync; hosts "
      "here have a CPU of their own. Peers that dial each "
      "other "
      "at the same time lose both streams, and the slower a connection is made the more of them "
      "do. "
      "Starts within 32 ms; seconds, median [min–max]; Fabric measured 50 %: 0.25 [0.25–0.67], 99 "
      "%: "
      "4.62 [4.38–5.27], 100 %: 10.33 [8.18–12.27].");
  page.begin_plain_table({"one-way latency", "50 % of pairs", "99 %", "100 %"});
  for (const char* latency : {"200us", "2ms", "10ms", "20ms", "40ms"}) {
    const ColdStart cold = cold_start(32, seeds, "32ms", latency);
    page.plain_row({latency, spread_text(cold.p50), spread_text(cold.p99), spread_text(cold.p100)});
  }
}

int make_page(const Flags& flags) {
  std::ifstream file(HS_TEST_DATA "/fabric_measured.json");
  const Json fabric = Json::parse(file);
  Page page;
  page.paragraph(
      fmt::format("<!-- Made by ./dev fidelity; do not edit. -->\n# Fidelity: hearsay beside "
                  "Fabric and theory\n\n"
                  "Fabric: the unmodified gossip code of v2.5.4 on loopback gRPC, 3 to 15 runs per "
                  "row. hearsay: {} "
                  "seeds per row, a constant one-way latency of 200 us, Fabric's shipped "
                  "configuration. What does "
                  "not hold is shown, not left out.",
                  flags.seeds));
  const auto asked_for = [&flags](const char* part) {
    return flags.only.empty() || flags.only == part || flags.only == "fabric";
  };
  if (asked_for("traffic")) {
    add_traffic(page, fabric, flags.seeds);
    add_starts(page, fabric, flags.seeds);
  }
  if (asked_for("blocks")) {
    add_blocks(page, fabric, flags.seeds, false);
    add_blocks(page, fabric, flags.seeds, true);
  }
  if (asked_for("catching-up")) add_catching_up(page, fabric, flags.seeds);
  if (asked_for("membership")) {
    add_membership(page, fabric, flags.seeds);
    add_slow_dials(page, flags.seeds);
  }
  if (asked_for("election")) add_election(page, fabric["election"], 10 * flags.seeds);
  if (flags.only.empty() || flags.only == "theory") add_push_theory(page, flags.blocks);
  fmt::print("{}", page.text());
  fmt::print(stderr, "{} comparisons, {} do not hold\n", page.rows(), page.broken());
  return page.broken() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace hearsay::fidelity

int main(int argc, char** argv) {
  hearsay::fidelity::Flags flags;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--seeds") == 0) {
      flags.seeds = static_cast<unsigned>(std::atoi(argv[i + 1]));
    } else if (std::strcmp(argv[i], "--blocks") == 0) {
      flags.blocks = static_cast<unsigned>(std::atoi(argv[i + 1]));
    } else if (std::strcmp(argv[i], "--only") == 0 &&
               std::ranges::count(hearsay::fidelity::kParts, std::string_view(argv[i + 1])) > 0) {
      flags.only = argv[i + 1];
    } else {
      fmt::print(stderr, "usage: {} [--seeds N] [--blocks N] [--only PART], PART one of {}\n",
                 argv[0], fmt::join(hearsay::fidelity::kParts, ", "));
      return 2;
    }
  }
  return hearsay::fidelity::make_page(flags);
}
