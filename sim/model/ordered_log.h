// OrderedLog: the chains that the orderers of a world have agreed on.
//
// How they agree is not modelled: a block is cut once (block_cutter.h), and every orderer has it
// from then on. Blocks are kept as the frames they travel in, each made once and shared by all
// orderers and all streams. Numbers begin with the genesis block, 0.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/wire/envelope.h"

namespace hearsay::sim {

// Hears of new blocks. May write to its transport; not to the log.
class LogListener {
 public:
  virtual void on_appended(ChannelIndex channel) = 0;

 protected:
  ~LogListener() = default;
};

class OrderedLog {
 public:
  OrderedLog() = default;
  OrderedLog(const OrderedLog&) = delete;
  OrderedLog& operator=(const OrderedLog&) = delete;

  // A channel with nothing but its genesis block. REQUIRES: a new one.
  void add_channel(ChannelIndex channel, std::string_view name);
  // The next block of the channel, cut at `now`, which never falls. REQUIRES: its number is
  // height().
  void append(ChannelIndex channel, const Payload& block, Time now);

  // kNoChannel when there is none of this name.
  ChannelIndex find(std::string_view name) const;
  const std::string& name(ChannelIndex channel) const { return chain(channel).name; }
  // How many blocks the channel has, the genesis block included.
  BlockNum height(ChannelIndex channel) const { return chain(channel).frames.size(); }
  // How many it had at `time`.
  BlockNum height_at(ChannelIndex channel, Time time) const;
  // When block `number` was cut; 0 for the genesis block. REQUIRES: number < height().
  Time cut_at(ChannelIndex channel, BlockNum number) const { return chain(channel).cut[number]; }
  // Block `number` as the response that carries it. REQUIRES: number < height().
  const EnvelopeRef& frame(ChannelIndex channel, BlockNum number) const {
    return chain(channel).frames[number];
  }
  std::vector<ChannelIndex> channels() const;

  // `listener` is told of each new block, after those that came before it.
  void listen(LogListener& listener) { listeners_.push_back(&listener); }
  void unlisten(LogListener& listener);

 private:
  struct Chain {
    std::string name;  // "": no such channel
    std::vector<EnvelopeRef> frames;
    std::vector<Time> cut;
  };

  const Chain& chain(ChannelIndex channel) const;

  std::vector<Chain> chains_;  // by ChannelIndex
  std::vector<LogListener*> listeners_;
};

}  // namespace hearsay::sim
