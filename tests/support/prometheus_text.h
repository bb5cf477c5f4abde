// A strict reader of Prometheus' text format, to see that what is written can be scraped.
//
// Takes what the format allows and nothing more: each family once, with HELP before TYPE before its
// samples; names, labels and their escapes; no sample twice; counters not negative; histograms with
// buckets that do not fall, in ascending order, whose last is +Inf and equals _count.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace hearsay::test {

using PromLabels = std::map<std::string, std::string>;

struct PromSample {
  std::string name;
  PromLabels labels;
  double value = 0;
};

struct PromFamily {
  std::string name;
  std::string help;
  std::string type;
  std::vector<PromSample> samples;
};

// The families in the order of the text, or the first mistake with its line.
Result<std::vector<PromFamily>> parse_prometheus(std::string_view text);

}  // namespace hearsay::test
