#include "tests/fidelity/theory.h"

#include <cmath>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/stats.h"
#include "tests/fidelity/experiments.h"

namespace hearsay::fidelity {

namespace {

// 5 % for organisations of 100; for the others three standard errors of the sample's own standard
// deviation, which for a skewed distribution depends on its fourth moment.
double sd_allowed(unsigned n, const Sample& sample) {
  const double sd = analysis::standard_deviation(sample);
  if (n == 100) return 0.05 * sd;
  const double mean = analysis::mean(sample);
  double fourth = 0;
  for (const double x : sample)
    fourth += std::pow((x - mean) / sd, 4);
  const double count = static_cast<double>(sample.size());
  return 3 * sd * std::sqrt((fourth / count - 1) / (4 * count));
}

}  // namespace

void add_push_theory(Page& page, unsigned blocks) {
  std::ifstream file(HS_TEST_DATA "/push_theory.json");
  const auto table = nlohmann::json::parse(file);
  page.heading("Push against theory");
  page.paragraph(fmt::format(
      "Fabric's rule alone: a newly infected peer draws three distinct other peers, then drops the "
      "previous hop. Theory: 100,000 Monte-Carlo runs of the bare rule. hearsay: {} blocks per "
      "size, "
      "each alone in its emissions, the engines unmodified. A mean holds within three standard "
      "errors of our own; so does the standard deviation, which for n = 100 must lie within 5 %.",
      blocks));
  page.begin_table({"n", "peers covered, theory", "hearsay ± 3 se", "sd, theory", "hearsay",
                    "transmissions per block, theory", "hearsay ± 3 se"});
  for (const auto& row : table["rows"]) {
    const unsigned n = row["n"];
    const Push push = push_rule(n, blocks, 1);
    const double root = std::sqrt(static_cast<double>(blocks));
    const double covered = analysis::mean(push.covered);
    const double sd = analysis::standard_deviation(push.covered);
    const double sent = analysis::mean(push.transmissions);
    const double sent_sd = analysis::standard_deviation(push.transmissions);
    const bool holds = std::abs(covered - row["covered"].get<double>()) <= 3 * sd / root &&
                       std::abs(sent - row["transmissions"].get<double>()) <= 3 * sent_sd / root &&
                       std::abs(sd - row["sd"].get<double>()) <= sd_allowed(n, push.covered);
    page.row({std::to_string(n), fmt::format("{:.3f}", row["covered"].get<double>()),
              fmt::format("{:.3f} ± {:.3f}", covered, 3 * sd / root),
              fmt::format("{:.3f}", row["sd"].get<double>()), fmt::format("{:.3f}", sd),
              fmt::format("{:.2f}", row["transmissions"].get<double>()),
              fmt::format("{:.2f} ± {:.2f}", sent, 3 * sent_sd / root)},
             holds);
  }
}

}  // namespace hearsay::fidelity
