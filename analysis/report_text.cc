// What `hearsay run` prints.

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "analysis/format.h"
#include "analysis/report.h"
#include "analysis/report_words.h"

namespace hearsay::analysis {
namespace {

constexpr std::size_t kLabel = 12;  // columns before the text
constexpr std::size_t kBar = 48;    // columns of a curve

enum class Colour { kPlain, kGreen, kRed, kDim, kBold };

class Text {
 public:
  explicit Text(const TextStyle& style) : style_(style) {}

  std::string paint(const std::string& text, Colour colour) const {
    static constexpr std::array<const char*, 5> kCodes = {"0", "32", "31", "2", "1"};
    if (!style_.colour) return text;
    return fmt::format("\033[{}m{}\033[0m", kCodes[static_cast<std::size_t>(colour)], text);
  }
  void line(const std::string& label, const std::string& text) {
    out += fmt::format("  {:<{}}{}\n", label, kLabel, text);
  }
  // A fraction over equal steps, as one row of bars.
  std::string bars(const std::vector<double>& fractions) const {
    static constexpr std::array<const char*, 9> kFine = {" ", "▁", "▂", "▃", "▄",
                                                         "▅", "▆", "▇", "█"};
    static constexpr std::array<const char*, 9> kCoarse = {" ", ".", ".", ":", "-",
                                                           "=", "+", "*", "#"};
    std::string row;
    for (const double f : fractions) {
      // Full is reserved for complete, empty for nothing.
      std::size_t level = f >= 1 ? 8 : static_cast<std::size_t>(std::clamp(f, 0.0, 1.0) * 8);
      if (level == 0 && f > 0) level = 1;
      row += style_.unicode ? kFine[level] : kCoarse[level];
    }
    return row;
  }
  std::size_t bar_width() const {
    const std::size_t taken = kLabel + 2 + 24;
    return std::clamp(style_.width > taken ? style_.width - taken : 8, std::size_t{8}, kBar);
  }
  const char* mark(bool pass) const {
    if (style_.unicode) return pass ? "✓" : "✗";
    return pass ? "ok" : "NO";
  }
  const char* dots() const { return style_.unicode ? "…" : ".."; }

  std::string out;

 private:
  const TextStyle& style_;
};

// "after 3 s", "by 3 s"; of what did not happen, "never".
std::string when(const char* word, double s) {
  return std::isinf(s) ? "never" : fmt::format("{} {}", word, seconds_text(s));
}

double number_of(const Metrics& metrics, const std::string& name, std::string_view stat = "") {
  const Metric* metric = metrics.find(name);
  if (metric == nullptr) return kNothing;
  if (const auto* real = std::get_if<double>(&metric->value)) return *real;
  if (const auto* count = std::get_if<std::uint64_t>(&metric->value)) {
    return static_cast<double>(*count);
  }
  const auto* spread = std::get_if<Spread>(&metric->value);
  return spread == nullptr ? kNothing : spread->stat(stat).value_or(kNothing);
}

void add_head(const RunReport& report, Text& text) {
  const Manifest& m = report.manifest;
  const double end = to_seconds(report.run.end());
  std::string speed;
  if (m.wall_s > 0) {
    speed = fmt::format(" in {} ({} events, {}/s)", seconds_text(m.wall_s),
                        count_text(static_cast<double>(report.run.events())),
                        count_text(static_cast<double>(report.run.events()) / m.wall_s));
  }
  text.out +=
      fmt::format("{}  seed {}  {} simulated{}  digest {}\n", text.paint(m.scenario, Colour::kBold),
                  m.seed, seconds_text(end), speed, m.digest);
}

void add_membership(const RunReport& report, Text& text) {
  const View& view = report.run.membership().view();
  const Metrics& m = report.run.metrics();
  const std::uint64_t wrong = report.run.membership().false_suspicions();
  if (view.total() == 0 && view.curve().points().empty()) return;
  const auto t = [&](const char* name) {
    return seconds_text(number_of(m, std::string("membership.") + name));
  };
  text.line("membership", fmt::format("{}: half of the pairs known {}, 99 % {}, all {}",
                                      plural(report.run.population().size(), "peer"),
                                      when("by", number_of(m, "membership.t50_s")), t("t99_s"),
                                      t("converged_s")));
  // Up to the first convergence, and a little beyond; else the whole run.
  const Time converged = view.reached(View::kPercents.size() - 1);
  const Time end = report.run.end();
  const Time shown =
      converged == kNever || converged == 0 ? end : std::min(end, converged + converged / 4);
  std::vector<double> row;
  for (std::size_t i = 0; i < text.bar_width() && shown > 0; ++i) {
    const Time at = shown / static_cast<Time>(text.bar_width()) * static_cast<Time>(i + 1);
    row.push_back(view.curve().at(at).total == 0 ? 0 : view.curve().at(at).fraction());
  }
  if (!row.empty()) {
    text.line("", fmt::format("{} 0 {} {}", text.bars(row), text.dots(),
                              seconds_text(to_seconds(shown))));
  }
  if (wrong > 0) {
    text.line("", fmt::format("{}, {}", plural(wrong, "false suspicion"),
                              m.find("membership.false_suspicions")->evidence.highest));
  }
  for (const char* what : {"detection_s", "recovery_s"}) {
    const std::string name = std::string("membership.") + what;
    if (std::isnan(number_of(m, name, "max"))) continue;
    text.line("", fmt::format("{}: half {}, all {}",
                              what[0] == 'd' ? "losses noticed" : "returns noticed",
                              when("after", number_of(m, name, "p50")),
                              seconds_text(number_of(m, name, "max"))));
  }
}

// Times are powers of ten apart: from the first receivers to the last, evenly on that scale.
void add_coverage(const Dissemination& blocks, Text& text) {
  const std::vector<CurvePoint> points = blocks.coverage().points();
  const auto begin =
      std::find_if(points.begin(), points.end(), [](const CurvePoint& p) { return p.reached > 0; });
  // The few that come long after the rest would squeeze these into a corner.
  const auto full = std::find_if(begin, points.end(), [&](const CurvePoint& p) {
    return p.reached * 1000 >= points.back().reached * 995;
  });
  if (begin != points.end() && begin != full) {
    const double low = std::log10(to_seconds(begin->time)) - 0.125;
    const double high = std::log10(to_seconds(full->time));
    std::vector<double> row;
    for (std::size_t i = 0; i < text.bar_width(); ++i) {
      const double part = static_cast<double>(i + 1) / static_cast<double>(text.bar_width());
      const double s = std::pow(10.0, low + (high - low) * part);
      row.push_back(blocks.coverage().at(static_cast<Time>(std::llround(s * 1e9))).fraction());
    }
    text.line("", fmt::format("{} {} {} {}", text.bars(row), seconds_text(std::pow(10.0, low)),
                              text.dots(), seconds_text(std::pow(10.0, high))));
  }
}

void add_blocks(const RunReport& report, Text& text) {
  const Dissemination& blocks = report.run.dissemination();
  const Metrics& m = report.run.metrics();
  const std::size_t count = blocks.blocks().size();
  if (count == 0 && blocks.undelivered() == 0) return;
  const auto t = [&](const char* name) {
    return number_of(m, std::string("blocks.") + name, "p50");
  };
  if (blocks.receivers() > 0) {
    text.line("blocks",
              fmt::format("{}: {:.2f} % reached by push, {} transmissions per block",
                          plural(count, "block"), 100 * number_of(m, "blocks.coverage_push"),
                          number_text(number_of(m, "blocks.transmissions_per_block"))));
    text.line("", fmt::format("median block: half of the receivers {}, 90 % {}, 99 % {}, all {}",
                              when("after", t("t50_s")), seconds_text(t("t90_s")),
                              seconds_text(t("t99_s")), seconds_text(t("t100_s"))));
    add_coverage(blocks, text);
  } else {
    text.line("blocks", count == 0 ? "none" : plural(count, "block") + " without receivers");
  }
  if (blocks.undelivered() > 0) {
    text.line("", fmt::format("{} cut and never delivered: {}", blocks.undelivered(),
                              m.find("blocks.undelivered")->evidence.highest));
  }
  const double late = number_of(m, "state_transfer.late_starts");
  if (late > 0) {
    text.line("", fmt::format("{}: half level {}, all {}",
                              plural(static_cast<std::uint64_t>(late), "late start"),
                              when("after", number_of(m, "state_transfer.caught_up_s", "p50")),
                              seconds_text(number_of(m, "state_transfer.caught_up_s", "max"))));
  }
  const double never = number_of(m, "blocks.never");
  if (never > 0) {
    text.line(
        "", fmt::format("{} {} never arrived: {}", number_text(never),
                        never == 1 ? "copy" : "copies", m.find("blocks.never")->evidence.highest));
  }
}

void add_traffic(const RunReport& report, Text& text) {
  const Metrics& m = report.run.metrics();
  const RunFacts& facts = report.run.facts();
  if (report.run.traffic().sum().sent == 0) return;
  text.line("traffic", fmt::format("{} messages and {} per peer and second",
                                   number_text(number_of(m, "traffic.sent_per_peer_s")),
                                   bytes_text(number_of(m, "traffic.bytes_per_peer_s"))));
  std::vector<std::pair<double, std::string>> types;
  for (const std::string& type : facts.types) {
    const double rate = number_of(m, "messages." + type + ".sent_per_peer_s");
    if (rate > 0) types.emplace_back(-rate, type);
  }
  std::sort(types.begin(), types.end());
  std::string list;
  for (std::size_t i = 0; i < types.size() && i < 5; ++i) {
    list += fmt::format("{}{} {:.3g}", i == 0 ? "" : ", ", types[i].second, -types[i].first);
  }
  if (!list.empty()) text.line("", list);
  const Traffic::Counters sum = report.run.traffic().sum();
  if (sum.dropped + sum.rejected > 0) {
    text.line("", fmt::format("{} dropped, {} rejected", sum.dropped, sum.rejected));
  }
}

// "status 1, bad_block 2" of the counters under `path` that are not 0.
std::string counted(const Metrics& metrics, const std::vector<std::string>& path) {
  std::string list;
  for (const Metric& metric : metrics.all()) {
    const auto* count = std::get_if<std::uint64_t>(&metric.value);
    if (count == nullptr || *count == 0 || metric.path.size() != path.size() + 1) continue;
    if (!std::equal(path.begin(), path.end(), metric.path.begin())) continue;
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", metric.path.back(), *count);
  }
  return list;
}

void add_deliveries(const RunReport& report, Text& text) {
  const Metrics& m = report.run.metrics();
  const char* label = "orderers";
  for (const auto& [name, words] :
       {std::pair("refused", "responses refused"), std::pair("retries", "attempts that failed"),
        std::pair("ended", "deliveries over")}) {
    const std::string list = counted(m, {"deliver", name});
    if (list.empty()) continue;
    text.line(std::exchange(label, ""), fmt::format("{}: {}", words, list));
  }
}

void add_verdict(const RunReport& report, Text& text) {
  std::size_t broken = 0;
  for (const PromiseResult& result : report.results) {
    broken += is_broken(report, result) ? 1 : 0;
    const Colour colour = result.pass ? Colour::kGreen : Colour::kRed;
    text.out += fmt::format("  {} {}: {}\n", text.paint(text.mark(result.pass), colour),
                            promise_text(result.promise), result_text(result));
  }
  if (!report.incomplete.empty()) {
    text.out += text.paint("INCOMPLETE", Colour::kRed) + ": " + report.incomplete + "\n";
  }
  if (broken > 0) {
    text.out += fmt::format("{}: {} of {} broken\n", text.paint("FAILED", Colour::kRed), broken,
                            plural(report.results.size(), "promise"));
  } else if (!report.results.empty() && report.incomplete.empty()) {
    text.out += fmt::format("{}: {} kept\n", text.paint("PASSED", Colour::kGreen),
                            plural(report.results.size(), "promise"));
  } else if (report.incomplete.empty()) {
    text.out += "no promises, no verdict\n";
  }
}

}  // namespace

std::string promise_text(const Promise& promise) {
  if (!promise.invariant.empty()) return "invariant " + promise.invariant;
  std::string text = promise.metric;
  // The default says nothing about a metric that is one number.
  if (promise.stat != "max") text += " " + promise.stat;
  if (promise.min) text += " >= " + number_text(*promise.min);
  if (promise.min && promise.max) text += " and";
  if (promise.max) text += " <= " + number_text(*promise.max);
  if (promise.equals) text += " = " + number_text(*promise.equals);
  return text;
}

std::string result_text(const PromiseResult& result) {
  if (!result.promise.invariant.empty()) return result.evidence;
  if (result.evidence.empty()) return number_text(result.value);
  return number_text(result.value) + "; " + result.evidence;
}

bool is_broken(const RunReport& report, const PromiseResult& result) {
  if (result.pass || report.incomplete.empty()) return !result.pass;
  // A metric may still come to keep its promise, and what must hold at the end is not due yet.
  if (result.promise.invariant.empty() || result.promise.invariant == "liveness.after_heal") {
    return false;
  }
  const Invariants& invariants = report.run.invariants();
  const auto due =
      result.value -
      (result.promise.invariant == "all"
           ? static_cast<double>(invariants.state(Invariant::kLivenessAfterHeal).violations)
           : 0.0);
  return due > 0;
}

std::string_view verdict(const RunReport& report) {
  const bool broken = std::any_of(report.results.begin(), report.results.end(),
                                  [&](const PromiseResult& r) { return is_broken(report, r); });
  if (broken) return "fail";
  return report.results.empty() || !report.incomplete.empty() ? "none" : "pass";
}

std::string report_text(const RunReport& report, const TextStyle& style) {
  Text text(style);
  add_head(report, text);
  add_membership(report, text);
  add_blocks(report, text);
  add_deliveries(report, text);
  add_traffic(report, text);
  add_verdict(report, text);
  return std::move(text.out);
}

}  // namespace hearsay::analysis
