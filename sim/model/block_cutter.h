// BlockCutter: cuts the blocks of channels and hands them to a subscriber.
//
// A plain source: no consensus, no deliver protocol (ordered_log.h, orderer_host.h). Blocks are
// real common.Blocks that pass verify_block(): numbered from 1 behind the genesis block, chained by
// the hash of the header before, signed by the orderer. Their one transaction is random bytes, as
// many as make the encoded block as large as asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/random.h"
#include "core/base/time.h"
#include "core/wire/block.h"
#include "core/wire/message.h"
#include "sim/model/fake_crypto.h"
#include "sim/net/latency.h"

namespace hearsay::sim {

enum class Arrivals : std::uint8_t {
  kConstant,  // at start, start + interval, start + 2 interval ...
  kPoisson,  // gaps before each block, the first counted from start, exponential with mean interval
  kRecorded,  // as BlockSeries::recorded says, counted from start
};

struct RecordedBlock {
  Duration at = 0;
  std::uint32_t size = 0;
};

// A series of blocks for one channel.
struct BlockSeries {
  ChannelIndex channel = kNoChannel;
  std::string channel_name;
  Time start = 0;
  Duration interval = kSecond;
  std::uint64_t count = 0;
  // Bytes of an encoded block; it is larger when header, signature and an empty transaction need
  // more.
  std::uint32_t size = 1024;
  Arrivals arrivals = Arrivals::kConstant;
  // Draws the sizes, in bytes, instead of `size`: the distributions are those of latencies.
  std::optional<Latency> sizes{};
  // In the order of time. Of kRecorded alone, which has no interval, count and size.
  std::vector<RecordedBlock> recorded{};
};

// Runs an action at a virtual time, not before the call returns: World::call_at.
using Scheduler = std::function<void(Time, std::function<void()>)>;
using BlockSubscriber = std::function<void(ChannelIndex, const Payload&)>;

class BlockCutter {
 public:
  // Signs as `identity`, issued by `crypto` for an organisation that add_orderer() named for the
  // channels. `crypto` outlives it, and it outlives what it scheduled.
  BlockCutter(const CryptoWorld& crypto, std::string identity, Random random, Scheduler scheduler,
              BlockSubscriber subscriber);
  BlockCutter(const BlockCutter&) = delete;
  BlockCutter& operator=(const BlockCutter&) = delete;

  // Schedules the series. Several series of one channel share its chain. Call before the run
  // begins, or with a start that is not in the past.
  void add(const BlockSeries& series);

  // How many blocks of the channel exist, the genesis block included.
  BlockNum height(ChannelIndex channel) const;

 private:
  struct Tip {
    BlockNum height = 1;
    std::string header_hash;  // of the last block
  };
  struct Series {
    BlockSeries plan;
    Random random;
    Random size_random;
    std::uint64_t planned = 0;
    Time next = 0;
    std::uint32_t size = 0;
  };

  void schedule(std::size_t index);
  void cut(std::size_t index);
  Payload next_block(Series& series, Tip& tip);
  // Finds out when the next block is cut, and how large it is; false when there is none.
  bool plan_next(Series& series) const;

  const CryptoWorld& crypto_;
  const std::string identity_;
  const Random random_;
  const Scheduler scheduler_;
  const BlockSubscriber subscriber_;
  std::map<ChannelIndex, Tip> tips_;
  std::vector<Series> series_;
};

// Signs `block` as `identity`, which `crypto` issued: its metadata then holds this signature alone.
// The size of the encoded block grows by what does not depend on the block.
void sign_block(const CryptoWorld& crypto, const std::string& identity, const std::string& nonce,
                Block& block);

// An exponentially distributed duration of the given mean, the same on every machine.
Duration exponential(Random& random, Duration mean);

}  // namespace hearsay::sim
