// Recorded arrivals of blocks: a CSV file of two columns, as a monitoring system exports it.
//
//   time_s,size_bytes
//   0.25,20480
//   1.5,1024
//
// Times are decimal seconds from the stream's start and never fall; sizes are whole bytes of the
// encoded blocks. Empty lines count for nothing, and a line may end in CR LF.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/complaint.h"
#include "sim/scenario/scenario.h"

namespace hearsay::scenario {

inline constexpr std::size_t kMaxArrivalsBytes = std::size_t{64} << 20;

// What the text says; whatever is wrong with it is added to `complaints`, each with `file` and its
// line, and left out. Blocks later than `latest` after the start are complaints.
std::vector<RecordedBlock> parse_arrivals(std::string_view text, const std::string& file,
                                          Duration latest, Complaints& complaints);

}  // namespace hearsay::scenario
