// Checks of a scenario as a whole: names that must exist, times that must fit, bounds that must
// agree.
//
// The reader has judged each value by itself; this judges how they go together. It works on the
// resolved scenario, adds complaints to the same book, and leaves alone whatever was complained
// about before, so that one mistake is one complaint.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/complaint.h"
#include "sim/scenario/cursor.h"
#include "sim/scenario/scenario.h"

namespace hearsay::scenario {

// One configuration key of the simulated protocol. The engines own the table; the caller passes it
// in.
struct ConfigKeyInfo {
  enum class Type : std::uint8_t { kDuration, kInt, kBool, kString, kStringList };

  std::string_view name;
  Type type;
  // What a core.yaml that leaves the key out means, where that is not the scenario's own default:
  // text as config_text gives it, that outlives the table.
  std::optional<std::string_view> absent = {};
};

// Judges one value of a known key, in the form config_text gives it, by what the engines make of
// it: nothing if they take it, else what is wrong.
using ConfigValueCheck =
    std::function<std::optional<Trouble>(std::string_view key, const std::string& text)>;

// Something wrong with values that are each fine by themselves.
struct ConfigJudgement {
  bool fatal = false;             // else it is a warning
  std::vector<std::string> keys;  // those involved; it is worded from the first one's side
  Trouble trouble;
};

// Judges how the values of a configuration go together: for all peers (`override` is null) or what
// an override makes worse. `splits` is true if it is for some peers of an organisation only.
using ConfigJudge = std::function<std::vector<ConfigJudgement>(
    const ConfigMap& common, const ConfigMap* override, bool splits)>;

// Segments of a known metric's name that stand for any of the scenario's: with them
// "leaders.<channel>.<organization>.final" is also leaders.ch1.org1.final.
inline constexpr std::string_view kAnyChannel = "<channel>";
inline constexpr std::string_view kAnyOrganization = "<organization>";

struct Rules {
  std::span<const ConfigKeyInfo> config_keys;  // empty: any key goes, by its JSON type
  ConfigValueCheck config_value_check;         // empty: the type is all that counts
  ConfigJudge config_judge;                    // empty: any values go together
  std::vector<KnownMetric> metrics;            // empty: any name of dotted words goes
  bool check_files = true;                     // the files that are named must be there
};

// `scenario` is resolved; `book` belongs to the document it was read from.
void validate(const Scenario& scenario, const Rules& rules, ComplaintBook& book);

}  // namespace hearsay::scenario
