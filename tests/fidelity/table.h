// The page: comparisons as Markdown, and whether all of them hold.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace hearsay::fidelity {

// What a comparison demands of our figure.
struct Verdict {
  bool holds = true;
  std::string rule;
};

class Page {
 public:
  void heading(const std::string& text);
  void paragraph(const std::string& text);
  void begin_table(const std::vector<std::string>& columns);
  void row(const std::vector<std::string>& cells, bool holds);
  // A table without a verdict.
  void begin_plain_table(const std::vector<std::string>& columns);
  void plain_row(const std::vector<std::string>& cells);

  const std::string& text() const { return text_; }
  unsigned rows() const { return rows_; }
  unsigned broken() const { return broken_; }

 private:
  std::string text_;
  unsigned rows_ = 0;
  unsigned broken_ = 0;
};

double median_of(std::vector<double> sample);
// "4.06 [4.04–5.06]", with as many digits as make sense.
std::string spread_text(const std::vector<double>& sample);
std::string spread_text(double middle, double low, double high);

}  // namespace hearsay::fidelity
