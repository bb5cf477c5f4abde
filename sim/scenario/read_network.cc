#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sim/scenario/read.h"

namespace hearsay::scenario {
namespace {

using sv = std::string_view;

// The keys that each distribution has, in the order of words::kDistributions.
constexpr std::array kConstantKeys = {sv("distribution"), sv("value")};
constexpr std::array kUniformKeys = {sv("distribution"), sv("min"), sv("max")};
constexpr std::array kLognormalKeys = {sv("distribution"), sv("median"), sv("p99")};
constexpr std::array<Words, 3> kKeysOf = {kConstantKeys, kUniformKeys, kLognormalKeys};

// A key that belongs to another distribution is a complaint, which says which keys this one has.
// True if there was one: then what is missing was said already.
bool refuse_strange_keys(const Fields& fields, std::size_t distribution) {
  bool strange = false;
  const Words allowed = kKeysOf[distribution];
  for (const std::string_view key : words::kLatency) {
    if (!fields.has(key) || std::find(allowed.begin(), allowed.end(), key) != allowed.end())
      continue;
    strange = true;
    fields.at(key).complain(
        fmt::format("a {} latency has no \"{}\"", words::kDistributions[distribution], key),
        distribution == 0   ? "write \"value\""
        : distribution == 1 ? "write \"min\" and \"max\""
                            : "write \"median\" and \"p99\"");
  }
  return strange;
}

void read_part(const Fields& fields, std::string_view key, std::string_view example,
               Duration& target) {
  if (const auto cursor = fields.require(key, example)) {
    assign(target, cursor->as_duration(0, kMaxLatency));
  }
}

// The distribution that is named, or that the keys imply.
std::optional<Distribution> distribution_of(const Fields& fields) {
  if (const auto cursor = fields.get("distribution")) {
    const auto choice = cursor->as_choice(words::kDistributions);
    if (!choice) return std::nullopt;
    return static_cast<Distribution>(*choice);
  }
  if (fields.has("value")) return Distribution::kConstant;
  if (fields.has("min") || fields.has("max")) return Distribution::kUniform;
  if (fields.has("median") || fields.has("p99")) return Distribution::kLognormal;
  fields.require("distribution", "\"constant\", \"uniform\" or \"lognormal\"");
  return std::nullopt;
}

Zone read_zone(const Cursor& cursor) {
  Zone zone;
  const Fields fields(cursor, words::kZone);
  if (const auto name = fields.require("name", "\"name\": \"eu\"")) {
    assign(zone.name, name->as_text("a name such as \"eu\""));
  }
  if (const auto peers = fields.require("peers", "\"peers\": \"org1\"")) {
    assign(zone.peers, peers->as_selector());
  }
  return zone;
}

ZonePair read_pair(const Cursor& cursor) {
  ZonePair pair;
  const Fields fields(cursor, words::kZonePair);
  if (const auto a = fields.require("a", "\"a\": and the name of a zone")) {
    assign(pair.a, a->as_text("the name of a zone"));
  }
  if (const auto b = fields.require("b", "\"b\": and the name of a zone")) {
    assign(pair.b, b->as_text("the name of a zone"));
  }
  if (const auto latency = fields.require("latency", "\"latency\": \"40ms\"")) {
    assign(pair.latency, read_latency(*latency));
  }
  return pair;
}

}  // namespace

std::optional<Latency> read_latency(const Cursor& cursor) {
  if (!cursor.node().is(JsonNode::Kind::kObject)) {
    const auto value = cursor.as_duration(0, kMaxLatency);
    if (!value) return std::nullopt;
    return Latency::constant(*value);
  }
  const Fields fields(cursor, words::kLatency);
  const auto distribution = distribution_of(fields);
  if (!distribution) return std::nullopt;
  if (refuse_strange_keys(fields, static_cast<std::size_t>(*distribution))) return std::nullopt;
  Latency latency = Latency::constant(0);
  latency.distribution = *distribution;
  switch (*distribution) {
    case Distribution::kConstant:
      read_part(fields, "value", "\"value\": \"5ms\"", latency.value);
      break;
    case Distribution::kUniform:
      read_part(fields, "min", "\"min\": \"1ms\"", latency.min);
      read_part(fields, "max", "\"max\": \"10ms\"", latency.max);
      break;
    case Distribution::kLognormal:
      read_part(fields, "median", "\"median\": \"2ms\"", latency.median);
      read_part(fields, "p99", "\"p99\": \"20ms\"", latency.p99);
      break;
  }
  return latency;
}

Network read_network(const Cursor& cursor) {
  Network network;
  const Fields fields(cursor, words::kNetwork);
  if (const auto model = fields.get("model")) {
    assign(network.model, model->as_choice(words::kModels));
  }
  if (const auto latency = fields.get("latency")) assign(network.latency, read_latency(*latency));
  if (const auto bandwidth = fields.get("bandwidth")) {
    assign(network.bandwidth, bandwidth->as_bandwidth(kMinBandwidth, kMaxBandwidth));
  }
  if (const auto zones = fields.get("zones")) {
    const auto list = zones->as_list(kMaxEntries, "[ { \"name\": \"eu\", \"peers\": \"org1\" } ]");
    for (const Cursor& zone : list.value_or(std::vector<Cursor>{})) {
      network.zones.push_back(read_zone(zone));
    }
  }
  if (const auto pairs = fields.get("between_zones")) {
    const auto list =
        pairs->as_list(kMaxEntries, "[ { \"a\": \"eu\", \"b\": \"us\", \"latency\": \"40ms\" } ]");
    for (const Cursor& pair : list.value_or(std::vector<Cursor>{})) {
      network.between_zones.push_back(read_pair(pair));
    }
  }
  if (const auto platform = fields.get("platform")) {
    assign(network.platform, platform->as_text("the name of a SimGrid platform file"));
    if (platform->node().is(JsonNode::Kind::kString) && platform->node().text.empty()) {
      platform->complain("names no file", "write the name of a SimGrid platform file");
    }
  }
  return network;
}

}  // namespace hearsay::scenario
