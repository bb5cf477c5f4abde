#include "sim/model/ordered_log.h"

#include <algorithm>

#include "core/base/assert.h"
#include "sim/model/block_archive.h"
#include "sim/model/deliver_frame.h"

namespace hearsay::sim {

void OrderedLog::add_channel(ChannelIndex channel, std::string_view name) {
  HS_ASSERT(channel != kNoChannel && !name.empty());
  if (chains_.size() <= raw(channel)) chains_.resize(raw(channel) + 1u);
  Chain& made = chains_[raw(channel)];
  HS_ASSERT_MSG(made.name.empty(), "the channel is there already");
  made.name = name;
  made.frames.push_back(frame_of_block(encode_block(genesis_block(name))));
  made.cut.push_back(0);
}

void OrderedLog::append(ChannelIndex channel, const Payload& block, Time now) {
  HS_ASSERT(block.seq_num == height(channel));
  Chain& chain = chains_[raw(channel)];
  chain.frames.push_back(frame_of_block(block.data));
  chain.cut.push_back(now);
  for (LogListener* listener : listeners_)
    listener->on_appended(channel);
}

const OrderedLog::Chain& OrderedLog::chain(ChannelIndex channel) const {
  HS_ASSERT(raw(channel) < chains_.size() && !chains_[raw(channel)].name.empty());
  return chains_[raw(channel)];
}

ChannelIndex OrderedLog::find(std::string_view name) const {
  for (const ChannelIndex channel : channels()) {
    if (chain(channel).name == name) return channel;
  }
  return kNoChannel;
}

std::vector<ChannelIndex> OrderedLog::channels() const {
  std::vector<ChannelIndex> found;
  for (std::size_t i = 0; i < chains_.size(); ++i) {
    if (!chains_[i].name.empty()) found.push_back(ChannelIndex{static_cast<std::uint16_t>(i)});
  }
  return found;
}

BlockNum OrderedLog::height_at(ChannelIndex channel, Time time) const {
  const std::vector<Time>& cut = chain(channel).cut;
  // The genesis block was always there.
  const auto later = std::upper_bound(cut.begin() + 1, cut.end(), time);
  return static_cast<BlockNum>(later - cut.begin());
}

void OrderedLog::unlisten(LogListener& listener) {
  listeners_.erase(std::remove(listeners_.begin(), listeners_.end(), &listener), listeners_.end());
}

}  // namespace hearsay::sim
