// Blocks: the blocks of channels, cut by an orderer when a test asks for them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/ports/directory.h"
#include "sim/model/block_cutter.h"

namespace hearsay::test {

class Blocks {
 public:
  // `identity` may sign the blocks of the channels asked for. The others outlive this.
  Blocks(const sim::CryptoWorld& crypto, const Directory& directory, std::string identity,
         Random random)
      : crypto_(crypto), directory_(directory), identity_(std::move(identity)), random_(random) {}

  // Block `number` > 0 of an interned channel.
  const Payload& block(std::string_view channel, BlockNum number);

 private:
  struct Stream {
    std::vector<Payload> blocks;
    std::vector<std::function<void()>> cut;  // what the cutter wants to do next
    std::unique_ptr<sim::BlockCutter> cutter;
  };

  const sim::CryptoWorld& crypto_;
  const Directory& directory_;
  const std::string identity_;
  const Random random_;
  std::map<std::string, Stream, std::less<>> streams_;
};

}  // namespace hearsay::test
