#include "tests/support/blocks.h"

#include "core/base/assert.h"

namespace hearsay::test {

const Payload& Blocks::block(std::string_view channel, BlockNum number) {
  HS_ASSERT(number > 0);
  Stream& stream = streams_[std::string(channel)];
  if (!stream.cutter) {
    stream.cutter = std::make_unique<sim::BlockCutter>(
        crypto_, identity_, random_,
        [&stream](Time, std::function<void()> action) { stream.cut.push_back(std::move(action)); },
        [&stream](ChannelIndex, const Payload& block) { stream.blocks.push_back(block); });
    stream.cutter->add({.channel = directory_.find_channel(channel),
                        .channel_name = std::string(channel),
                        .count = ~std::uint64_t{0}});
  }
  while (stream.blocks.size() < number) {
    const auto cut = std::move(stream.cut.back());
    stream.cut.pop_back();
    cut();
  }
  return stream.blocks[number - 1];
}

}  // namespace hearsay::test
