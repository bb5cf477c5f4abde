// The ordering service and its streams of blocks.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/scenario/read.h"

namespace hearsay::scenario {
namespace {

using sv = std::string_view;

constexpr std::array kSizeKeys = {sv("value"), sv("min"), sv("max"), sv("median"), sv("p99")};

// Those of kSizeKeys that a distribution has.
Words size_keys(Distribution distribution) {
  const Words all = kSizeKeys;
  switch (distribution) {
    case Distribution::kConstant:
      return all.subspan(0, 1);
    case Distribution::kUniform:
      return all.subspan(1, 2);
    case Distribution::kLognormal:
      break;
  }
  return all.subspan(3, 2);
}

std::optional<BlockSize> read_size_distribution(const Cursor& cursor) {
  const Fields fields(cursor, words::kBlockSize);
  const auto word = fields.require("distribution", "\"constant\", \"uniform\" or \"lognormal\"");
  const auto choice = word ? word->as_choice(words::kDistributions) : std::nullopt;
  if (!choice) return std::nullopt;
  BlockSize size;
  size.value = 0;
  size.distribution = static_cast<Distribution>(*choice);
  const Words keys = size_keys(size.distribution);
  const auto place = [&size](sv key) -> std::uint64_t& {
    if (key == "value") return size.value;
    if (key == "min") return size.min;
    if (key == "max") return size.max;
    return key == "median" ? size.median : size.p99;
  };
  for (const sv key : kSizeKeys) {
    const bool right = std::find(keys.begin(), keys.end(), key) != keys.end();
    if (right) {
      const auto part = fields.require(key, fmt::format("\"{}\": \"16KiB\"", key));
      if (part) assign(place(key), part->as_size(1, kMaxBlockSize));
    } else if (fields.has(key)) {
      fields.at(key).complain(
          fmt::format("a {} size has no \"{}\"", words::kDistributions[*choice], key),
          keys.size() == 1 ? "write \"value\""
                           : fmt::format("write \"{}\" and \"{}\"", keys[0], keys[1]));
    }
  }
  return size;
}

std::optional<BlockSize> read_size(const Cursor& cursor) {
  if (cursor.node().is(JsonNode::Kind::kObject)) return read_size_distribution(cursor);
  const auto value = cursor.as_size(1, kMaxBlockSize);
  if (!value) return std::nullopt;
  BlockSize size;
  size.value = *value;
  return size;
}

// Blocks per second, as the time from block to block.
std::optional<Duration> read_rate(const Cursor& cursor) {
  const auto rate = cursor.as_number();
  if (!rate) return std::nullopt;
  constexpr double kMost = 1e6;
  const double least = static_cast<double>(kSecond) / static_cast<double>(kMaxRun);
  if (!(*rate >= least && *rate <= kMost)) {
    cursor.complain(fmt::format("{} blocks per second are out of range", cursor.node().shown()),
                    "write a number such as 2.5, above 0 and up to 1000000");
    return std::nullopt;
  }
  return std::llround(static_cast<double>(kSecond) / *rate);
}

void read_pace(const Fields& fields, BlockStream& blocks) {
  if (const auto interval = fields.get("interval")) {
    assign(blocks.interval, interval->as_duration(kMicrosecond, kMaxRun));
  }
  if (const auto rate = fields.get("rate")) {
    if (fields.has("interval")) {
      rate->complain("is given beside \"interval\", which says the same", "leave one of them out");
    } else {
      assign(blocks.interval, read_rate(*rate));
    }
  }
  if (const auto count = fields.get("count")) assign(blocks.count, count->as_whole(1, kMaxBlocks));
  if (const auto size = fields.get("size")) assign(blocks.size, read_size(*size));
}

// What is in the file is read later: it is another document.
void read_replay(const Fields& fields, BlockStream& blocks) {
  for (const sv key : {"interval", "rate", "count", "size"}) {
    if (!fields.has(key)) continue;
    fields.at(key).complain("is given beside \"replay\", and the file says it", "leave it out");
  }
  const auto file = fields.require("file", "\"file\": \"arrivals.csv\"");
  if (!file) return;
  assign(blocks.file, file->as_text("the name of a CSV file"));
  if (file->node().is(JsonNode::Kind::kString) && file->node().text.empty()) {
    file->complain("names no file", "write the name of a CSV file");
  }
}

}  // namespace

OrdererNode read_orderer(const Cursor& cursor) {
  OrdererNode orderer;
  const Fields fields(cursor, words::kOrderer);
  if (const auto name = fields.require("name", "\"name\": \"orderer0\"")) {
    assign(orderer.name, name->as_text("a name such as \"orderer0\""));
  }
  if (const auto zone = fields.get("zone")) {
    assign(orderer.zone, zone->as_text("the name of a zone"));
  }
  if (const auto latency = fields.get("latency")) {
    orderer.latency = read_latency(*latency);
    if (fields.has("zone")) {
      latency->complain("is given beside \"zone\", which has latencies of its own",
                        "leave one of them out");
    }
  }
  if (const auto bandwidth = fields.get("bandwidth")) {
    orderer.bandwidth = bandwidth->as_bandwidth(kMinBandwidth, kMaxBandwidth);
  }
  if (const auto delay = fields.get("delay")) {
    assign(orderer.delay, delay->as_duration(0, kMaxRun));
  }
  return orderer;
}

BlockStream read_blocks(const Cursor& cursor) {
  BlockStream blocks;
  const Fields fields(cursor, words::kBlocks);
  if (const auto channel = fields.get("channel")) {
    assign(blocks.channel, channel->as_text("the name of a channel"));
  }
  if (const auto from = fields.get("from")) {
    const bool orderers =
        from->node().is(JsonNode::Kind::kString) && from->node().text == "orderers";
    if (!orderers) blocks.from = from->as_selector();
  }
  if (const auto start = fields.get("start")) assign(blocks.start, start->as_duration(0, kMaxRun));
  if (const auto arrivals = fields.get("arrivals")) {
    assign(blocks.arrivals, arrivals->as_choice(words::kArrivals));
  }
  if (blocks.arrivals == Arrivals::kReplay) {
    read_replay(fields, blocks);
    return blocks;
  }
  read_pace(fields, blocks);
  if (fields.has("file")) {
    fields.at("file").complain("is for replay alone", "write \"arrivals\": \"replay\"");
  }
  return blocks;
}

}  // namespace hearsay::scenario
