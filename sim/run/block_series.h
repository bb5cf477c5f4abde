// From a scenario's stream of blocks to the series that BlockCutter cuts.
#pragma once

#include "sim/model/block_cutter.h"
#include "sim/scenario/scenario.h"

namespace hearsay::sim {

// `channel` is the stream's.
BlockSeries block_series(const scenario::BlockStream& stream, ChannelIndex channel);

}  // namespace hearsay::sim
