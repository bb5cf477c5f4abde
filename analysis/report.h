// RunReport: everything a report of one run is made from, and the reports.
//
// The functions return text and touch no file. Only report_json.cc knows a JSON library, only
// report_junit.cc an XML library.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/expectation.h"
#include "analysis/observer.h"

namespace hearsay::analysis {

// How the run was made and what it cost; what cannot be seen in its events.
struct Manifest {
  std::string hearsay;   // version
  std::string scenario;  // name
  std::uint64_t seed = 0;
  std::string digest;  // 16 hex digits
  double wall_s = 0;
  std::uint64_t peak_rss_bytes = 0;
  // Further facts for re-making the run ("wire": "shared", "simgrid": "3.32"), shown as "manifest".
  std::vector<std::pair<std::string, std::string>> more;
};

struct RunReport {
  Manifest manifest;
  const RunObserver& run;  // finished
  std::vector<PromiseResult> results;
  std::string incomplete;  // why the run ended early; empty when it did not
  std::string error = {};  // what else went wrong with it, promises apart; for JUnit
};

// "fail" when a promise was broken, "pass" when all were kept, "none" without promises. A run that
// was cut short never passes; it fails when something happened that no further time could mend.
std::string_view verdict(const RunReport& report);

// Whether the promise is broken for good. In a run that was cut short a promise that is merely
// unmet is open.
bool is_broken(const RunReport& report, const PromiseResult& result);

struct TextStyle {
  bool colour = false;     // ANSI colours
  bool unicode = true;     // else plain ASCII
  std::size_t width = 80;  // columns of the terminal; evidence is not cut
};

// What `hearsay run` prints.
std::string report_text(const RunReport& report, const TextStyle& style = {});

// summary.json.
std::string report_json(const RunReport& report);

// JUnit XML: one test case per promise.
std::string report_junit(const RunReport& report);

// The CSV files, in pieces of some kilobytes.
using TextSink = std::function<void(std::string_view)>;
void report_convergence_csv(const RunObserver& run, const TextSink& sink);
void report_blocks_csv(const RunObserver& run, const TextSink& sink);
void report_messages_csv(const RunObserver& run, const TextSink& sink);

}  // namespace hearsay::analysis
