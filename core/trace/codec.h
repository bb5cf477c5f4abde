// TraceCodec: one trace event as one line of JSON, and back.
//
// The form is described in docs/trace-format.md. Each kind names its fields in its own words ("to",
// "block", "reason"); a field that the kind does not define but that is set anyway is kept under
// its general name
// ("other", "value", "size", "detail"), so that parse_line(append_line(e)) == e for every event.
// Names come from the RunFacts; an index outside of them is written as a number.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/trace/event.h"
#include "core/trace/facts.h"

namespace hearsay {

class TraceCodec {
 public:
  explicit TraceCodec(const RunFacts& facts);

  // Appends the event as one JSON object and a line feed.
  void append_line(const TraceEvent& event, std::string& out) const;

  // Reads what append_line wrote; the line feed may be missing. Keys it does not know are skipped.
  // The error is one sentence without a place: the caller knows the line's number.
  Result<TraceEvent> parse_line(std::string_view line) const;

 private:
  // Names with their JSON spelling, and the way back.
  struct Names {
    std::vector<std::string> quoted;
    std::unordered_map<std::string, std::uint32_t> index;
    void add(const std::string& name);
  };
  struct Reader;

  void append_detail(const TraceEvent& event, std::string& out) const;

  Names peers_;
  Names channels_;
  Names types_;
  Names timers_;
};

// Appends `text` between double quotes, escaped as JSON demands.
void append_json_string(std::string_view text, std::string& out);

// Appends a time as seconds with nine decimals, exactly: "12.000345678".
void append_seconds(Time time, std::string& out);

}  // namespace hearsay
