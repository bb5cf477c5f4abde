#include "sim/model/block_cutter.h"

#include <algorithm>
#include <utility>

#include "core/base/assert.h"
#include "core/base/portable_math.h"
#include "core/wire/block.h"
#include "core/wire/deliver.h"
#include "sim/model/block_archive.h"

namespace hearsay::sim {

namespace {

constexpr auto kSignatures = static_cast<std::size_t>(BlockMetadataIndex::kSignatures);
// The lengths of the slot and of all slots take one byte each when empty, two when signed.
constexpr std::size_t kLengthGrowth = 2;
// A message of gossip holds 100 MiB; the tail of a distribution ends below that.
constexpr std::uint64_t kMaxBlockBytes = std::uint64_t{99} << 20;

std::string nonce_of(Random& random) {
  std::string nonce(24, '\0');
  for (char& byte : nonce)
    byte = static_cast<char>(random.below(256));
  return nonce;
}

// With room for one signature.
BlockMetadata unsigned_metadata(const std::string& identity, const std::string& nonce) {
  BlockMetadata metadata;
  metadata.value = encode_orderer_metadata(0, {});
  SignatureHeader header;
  header.creator = identity;
  header.nonce = nonce;
  metadata.signatures.push_back({encode(header), std::string(kSignatureSize, '\0')});
  return metadata;
}

}  // namespace

void sign_block(const CryptoWorld& crypto, const std::string& identity, const std::string& nonce,
                Block& block) {
  BlockMetadata metadata = unsigned_metadata(identity, nonce);
  MetadataSignature& signature = metadata.signatures[0];
  signature.signature = crypto.sign(identity, block_signature_input(metadata, signature, block));
  block.metadata[kSignatures] = encode_block_metadata(metadata);
}

Duration exponential(Random& random, Duration mean) {
  HS_ASSERT(mean >= 0);
  // Uniform in (0, 1], in steps of 2^-53; so the result is at most 36.8 means.
  const double uniform = static_cast<double>((random.next64() >> 11) + 1) * 0x1p-53;
  return static_cast<Duration>(-portable_log(uniform) * static_cast<double>(mean));
}

BlockCutter::BlockCutter(const CryptoWorld& crypto, std::string identity, Random random,
                         Scheduler scheduler, BlockSubscriber subscriber)
    : crypto_(crypto),
      identity_(std::move(identity)),
      random_(random),
      scheduler_(std::move(scheduler)),
      subscriber_(std::move(subscriber)) {}

void BlockCutter::add(const BlockSeries& series) {
  HS_ASSERT(series.channel != kNoChannel && series.interval >= 0);
  Tip& tip = tips_[series.channel];
  if (tip.header_hash.empty()) {
    tip.header_hash = block_header_hash(genesis_block(series.channel_name));
  }
  const std::size_t index = series_.size();
  const Random random = random_.fork(series.channel_name).fork(index);
  series_.push_back({series, random, random.fork("size"), 0, series.start, 0});
  if (plan_next(series_.back())) schedule(index);
}

BlockNum BlockCutter::height(ChannelIndex channel) const {
  const auto tip = tips_.find(channel);
  return tip == tips_.end() ? 1 : tip->second.height;
}

bool BlockCutter::plan_next(Series& series) const {
  const BlockSeries& plan = series.plan;
  const std::uint64_t number = series.planned++;
  if (plan.arrivals == Arrivals::kRecorded) {
    if (number >= plan.recorded.size()) return false;
    series.next = plan.start + plan.recorded[number].at;
    series.size = plan.recorded[number].size;
    return true;
  }
  if (number >= plan.count) return false;
  if (plan.arrivals == Arrivals::kPoisson) {
    series.next += exponential(series.random, plan.interval);
  } else if (number > 0) {
    series.next += plan.interval;
  }
  const std::uint64_t size =
      plan.sizes ? static_cast<std::uint64_t>(plan.sizes->draw(series.size_random)) : plan.size;
  series.size = static_cast<std::uint32_t>(std::min<std::uint64_t>(size, kMaxBlockBytes));
  return true;
}

void BlockCutter::schedule(std::size_t index) {
  scheduler_(series_[index].next, [this, index] { cut(index); });
}

void BlockCutter::cut(std::size_t index) {
  Series& series = series_[index];
  const ChannelIndex channel = series.plan.channel;
  const Payload block = next_block(series, tips_[channel]);
  if (plan_next(series)) schedule(index);
  // Last: a subscriber may add another series, and `series` would be dangling.
  subscriber_(channel, block);
}

Payload BlockCutter::next_block(Series& series, Tip& tip) {
  const std::string nonce = nonce_of(series.random);
  // The signature's size is known before the block is: leave room for it.
  const std::size_t room =
      encode_block_metadata(unsigned_metadata(identity_, nonce)).size() + kLengthGrowth;
  const std::size_t size = std::max<std::size_t>(series.size, room) - room;
  Block block = make_block(tip.height, tip.header_hash, series.plan.channel_name, size);
  sign_block(crypto_, identity_, nonce, block);

  Payload payload;
  payload.seq_num = tip.height;
  payload.data = encode_block(block);
  tip.header_hash = block_header_hash(block);
  ++tip.height;
  return payload;
}

}  // namespace hearsay::sim
