#include "tests/fidelity/table.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/stats.h"

namespace hearsay::fidelity {

void Page::heading(const std::string& text) { text_ += "\n## " + text + "\n\n"; }

void Page::paragraph(const std::string& text) { text_ += text + "\n\n"; }

void Page::begin_plain_table(const std::vector<std::string>& columns) {
  plain_row(columns);
  text_ += "|";
  for (std::size_t i = 0; i < columns.size(); ++i)
    text_ += "---|";
  text_ += "\n";
}

void Page::begin_table(const std::vector<std::string>& columns) {
  std::vector<std::string> with_verdict = columns;
  with_verdict.emplace_back("holds");
  begin_plain_table(with_verdict);
}

void Page::plain_row(const std::vector<std::string>& cells) {
  text_ += "|";
  for (const std::string& cell : cells)
    text_ += " " + cell + " |";
  text_ += "\n";
}

void Page::row(const std::vector<std::string>& cells, bool holds) {
  std::vector<std::string> with_verdict = cells;
  with_verdict.emplace_back(holds ? "yes" : "**no**");
  plain_row(with_verdict);
  ++rows_;
  if (!holds) ++broken_;
}

double median_of(std::vector<double> sample) {
  std::sort(sample.begin(), sample.end());
  return analysis::quantile(sample, 0.5);
}

std::string spread_text(double middle, double low, double high) {
  return fmt::format("{:.2f} [{:.2f}–{:.2f}]", middle, low, high);
}

std::string spread_text(const std::vector<double>& sample) {
  const auto [low, high] = std::minmax_element(sample.begin(), sample.end());
  return spread_text(median_of(sample), *low, *high);
}

}  // namespace hearsay::fidelity
