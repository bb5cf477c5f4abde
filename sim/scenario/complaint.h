// What is wrong with a scenario, for the person who wrote it.
//
// Bad input is never reported one mistake at a time: every reader adds to one list and goes on. A
// complaint says where (file, line, JSON path), what is wrong, and what would be right. Its text
// form is fixed:
//
//   scenario.json:14: faults[0].at: "20" has no unit; write "20s"
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hearsay::scenario {

struct Complaint {
  std::string file;     // as the user named it, or the option: "--set network.bandwidth=fast"
  int line = 0;         // from 1; 0 when there is none
  std::string path;     // "faults[0].at"; empty for the file as a whole
  std::string problem;  // what is wrong: a clause without a full stop
  std::string remedy;   // what would be right; may be empty

  // The one line that users see.
  std::string text() const;

  bool operator==(const Complaint&) const = default;
};

using Complaints = std::vector<Complaint>;

// What is wrong and what would be right, before it is known where.
struct Trouble {
  std::string problem;
  std::string remedy;
};

// At most this many complaints are kept; one more then says how many were left out.
inline constexpr std::size_t kMaxComplaints = 1000;

// `text` as it may be shown on one line of a terminal: between double quotes, control and non-UTF-8
// bytes replaced, cut after `length` bytes.
std::string shown(std::string_view text, std::size_t length = 60);

// The entry of `known` with the smallest edit distance to `word` (letters' case does not count; a
// transposition is one edit), or empty when none is near enough to be meant.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

// "did you mean "x"?" when some known word is near, else "known: a, b, c" with `what` in front.
std::string suggestion(std::string_view word, std::span<const std::string_view> known,
                       std::string_view what);

}  // namespace hearsay::scenario
