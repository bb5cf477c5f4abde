// The words a trace file uses for the fields of each kind of event. Private to the codec.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/trace/event.h"

namespace hearsay::trace_fields {

// How `value` is written: as a number, or as 16 hexadecimal digits.
enum class ValueForm : std::uint8_t { kNumber, kHex };

// What the numbers in `detail` are called.
enum class DetailForm : std::uint8_t {
  kNumber,
  kStopReason,
  kDropReason,
  kRejectReason,
  kDeathCause,
  kBlockOrigin,
  kDialled,
  kCloseCause,
  kViewReport,
  kTimer,  // the timers of the RunFacts
  kLostBlock,
  kCommitFailure,
  kCatchUpEnd,
  kDeliverRefusal,
  kDeliverTrouble,
  kDeliverEnd,
  kGroup,  // a number from 1; 0 is not written
};

// An empty word: the kind has no such field.
struct Words {
  std::string_view other;
  std::string_view value;
  std::string_view size;
  std::string_view detail;
  bool type = false;
  bool channel = false;
  ValueForm value_form = ValueForm::kNumber;
  DetailForm detail_form = DetailForm::kNumber;
};

inline constexpr std::string_view kOther = "other";
inline constexpr std::string_view kValue = "value";
inline constexpr std::string_view kSize = "size";
inline constexpr std::string_view kDetail = "detail";

// By TraceKind.
const std::array<Words, kTraceKinds>& words();

inline const Words& words_of(TraceKind kind) { return words()[static_cast<std::size_t>(kind)]; }

// The name of a detail, or "" when the form has none for it (or it is a number, or a timer).
std::string_view detail_name(DetailForm form, std::uint8_t detail);

}  // namespace hearsay::trace_fields
