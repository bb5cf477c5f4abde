#include <array>
#include <charconv>

#include <fmt/format.h>

#include "core/base/assert.h"
#include "sim/scenario/keys.h"
#include "sim/scenario/resolve.h"
#include "sim/scenario/units.h"

namespace hearsay::scenario {
namespace {

JsonNode whole(std::uint64_t value) { return JsonNode::number(fmt::format("{}", value)); }

// The shortest text that reads back as the same number.
JsonNode real(double value) {
  std::array<char, 64> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  HS_ASSERT(error == std::errc{});
  return JsonNode::number(std::string(buffer.data(), end));
}

JsonNode time(Duration value) { return JsonNode::of(format_duration(value)); }

template <typename Enum, std::size_t n>
JsonNode word(const std::array<std::string_view, n>& table, Enum value) {
  return JsonNode::of(table.at(static_cast<std::size_t>(value)));
}

template <typename List, typename Write>
JsonNode list(const List& items, Write write) {
  JsonNode node = JsonNode::array();
  for (const auto& item : items)
    node.push(write(item));
  return node;
}

JsonNode write_selector(const Selector& selector) {
  if (has_text(selector)) return JsonNode::of(to_text(selector));
  if (selector.kind == Selector::Kind::kList) return list(selector.parts, write_selector);
  HS_ASSERT(selector.kind == Selector::Kind::kExcept);
  return JsonNode::object()
      .put("select", write_selector(selector.parts.at(0)))
      .put("except", write_selector(selector.parts.at(1)));
}

struct WriteConfigValue {
  JsonNode operator()(bool value) const { return JsonNode::of(value); }
  JsonNode operator()(std::int64_t value) const {
    return JsonNode::number(fmt::format("{}", value));
  }
  JsonNode operator()(const std::string& value) const { return JsonNode::of(value); }
  JsonNode operator()(const std::vector<std::string>& value) const {
    return list(value, [](const std::string& text) { return JsonNode::of(text); });
  }
};

JsonNode write_config(const ConfigMap& config) {
  JsonNode node = JsonNode::object();
  for (const ConfigEntry& entry : config) {
    node.put(entry.key, std::visit(WriteConfigValue{}, entry.value));
  }
  return node;
}

JsonNode write_start(const StartTimes& start) {
  return JsonNode::object().put("at", time(start.at)).put("spread", time(start.spread));
}

JsonNode write_organization(const Organization& org) {
  JsonNode endpoints = write_selector(*org.external_endpoints);
  if (*org.external_endpoints == Selector::nobody()) endpoints = JsonNode::of("none");
  if (*org.external_endpoints == Selector::organization(org.name)) endpoints = JsonNode::of("all");
  return JsonNode::object()
      .put("name", JsonNode::of(org.name))
      .put("peers", whole(org.peers))
      .put("bootstrap", write_selector(*org.bootstrap))
      .put("anchors", write_selector(*org.anchors))
      .put("external_endpoints", endpoints)
      .put("leader", word(words::kLeaderModes, org.leader))
      .put("leaders", write_selector(*org.leaders))
      .put("deliver_client", word(words::kDeliverClients, org.deliver_client))
      .put("membership", word(words::kMembershipModes, org.membership))
      .put("start", write_start(org.start));
}

JsonNode write_channel(const Channel& channel) {
  return JsonNode::object()
      .put("name", JsonNode::of(channel.name))
      .put("organizations",
           list(*channel.organizations, [](const std::string& name) { return JsonNode::of(name); }))
      .put("join_at", time(channel.join_at));
}

JsonNode write_latency(const Latency& latency) {
  JsonNode node = JsonNode::object();
  node.put("distribution", word(words::kDistributions, latency.distribution));
  switch (latency.distribution) {
    case Distribution::kConstant:
      node.put("value", time(latency.value));
      break;
    case Distribution::kUniform:
      node.put("min", time(latency.min)).put("max", time(latency.max));
      break;
    case Distribution::kLognormal:
      node.put("median", time(latency.median)).put("p99", time(latency.p99));
      break;
  }
  return node;
}

JsonNode write_network(const Network& network) {
  JsonNode node = JsonNode::object();
  node.put("model", word(words::kModels, network.model));
  JsonNode zones = list(network.zones, [](const Zone& zone) {
    return JsonNode::object()
        .put("name", JsonNode::of(zone.name))
        .put("peers", write_selector(zone.peers));
  });
  if (!network.platform.empty()) {
    return node.put("zones", zones).put("platform", JsonNode::of(network.platform));
  }
  JsonNode pairs = list(network.between_zones, [](const ZonePair& pair) {
    return JsonNode::object()
        .put("a", JsonNode::of(pair.a))
        .put("b", JsonNode::of(pair.b))
        .put("latency", write_latency(pair.latency));
  });
  return node.put("latency", write_latency(network.latency))
      .put("bandwidth", JsonNode::of(format_bandwidth(network.bandwidth)))
      .put("zones", zones)
      .put("between_zones", pairs);
}

JsonNode write_orderer(const OrdererNode& orderer) {
  JsonNode node = JsonNode::object();
  node.put("name", JsonNode::of(orderer.name));
  if (!orderer.zone.empty()) node.put("zone", JsonNode::of(orderer.zone));
  if (orderer.latency) node.put("latency", write_latency(*orderer.latency));
  if (orderer.bandwidth) node.put("bandwidth", JsonNode::of(format_bandwidth(*orderer.bandwidth)));
  return node.put("delay", time(orderer.delay));
}

JsonNode write_block_size(const BlockSize& size) {
  const auto bytes = [](std::uint64_t n) { return JsonNode::of(format_size(n)); };
  if (size.distribution == Distribution::kConstant) return bytes(size.value);
  JsonNode node = JsonNode::object();
  node.put("distribution", word(words::kDistributions, size.distribution));
  if (size.distribution == Distribution::kUniform) {
    return node.put("min", bytes(size.min)).put("max", bytes(size.max));
  }
  return node.put("median", bytes(size.median)).put("p99", bytes(size.p99));
}

JsonNode write_blocks(const BlockStream& blocks) {
  JsonNode node = JsonNode::object();
  node.put("channel", JsonNode::of(blocks.channel))
      .put("from", blocks.from ? write_selector(*blocks.from) : JsonNode::of("orderers"))
      .put("start", time(blocks.start));
  if (blocks.arrivals != Arrivals::kReplay) {
    node.put("interval", time(blocks.interval))
        .put("count", whole(blocks.count))
        .put("size", write_block_size(blocks.size));
  }
  node.put("arrivals", word(words::kArrivals, blocks.arrivals));
  if (blocks.arrivals == Arrivals::kReplay) node.put("file", JsonNode::of(blocks.file));
  return node;
}

JsonNode write_fault(const Fault& fault) {
  const bool crash = fault.kind == FaultKind::kCrash;
  JsonNode node = JsonNode::object();
  node.put("kind", word(words::kFaultKinds, fault.kind)).put("at", time(fault.at));
  if (fault.lasts) node.put(crash ? "restart_after" : "for", time(*fault.lasts));
  if (fault.kind == FaultKind::kPartition) {
    return node.put("groups", list(fault.groups, write_selector))
        .put("one_way", JsonNode::of(fault.one_way))
        .put("bridge", write_selector(fault.bridge));
  }
  if (fault.kind == FaultKind::kOrderer) {
    node.put("orderers", list(fault.orderers, [](const std::string& n) { return JsonNode::of(n); }))
        .put("action", word(words::kOrdererActions, fault.action));
    if (fault.action == OrdererAction::kSlow) node.put("delay", time(fault.delay));
    if (fault.action == OrdererAction::kStatus) node.put("status", JsonNode::of(fault.status));
    return node;
  }
  if (crash) node.put("state", JsonNode::of("kept"));
  return node.put("peers", write_selector(fault.peers));
}

JsonNode write_event(const Event& event) {
  JsonNode node = JsonNode::object();
  node.put("kind", word(words::kEventKinds, event.kind)).put("at", time(event.at));
  if (event.kind == EventKind::kLeaveChannel) node.put("channel", JsonNode::of(event.channel));
  return node.put("peers", write_selector(event.peers));
}

JsonNode write_promise(const Promise& promise) {
  JsonNode node = JsonNode::object();
  if (!promise.invariant.empty()) return node.put("invariant", JsonNode::of(promise.invariant));
  node.put("metric", JsonNode::of(promise.metric)).put("stat", JsonNode::of(promise.stat));
  if (promise.min) node.put("min", real(*promise.min));
  if (promise.max) node.put("max", real(*promise.max));
  if (promise.equals) node.put("equals", real(*promise.equals));
  return node;
}

JsonNode write_overrides(const std::vector<Override>& overrides) {
  return list(overrides, [](const Override& override) {
    JsonNode node = JsonNode::object();
    node.put("peers", write_selector(override.peers)).put("config", write_config(override.config));
    if (override.start) node.put("start", write_start(*override.start));
    return node;
  });
}

}  // namespace

std::string to_json(const Scenario& scenario) {
  JsonNode node = JsonNode::object();
  node.put("name", JsonNode::of(scenario.name))
      .put("description", JsonNode::of(scenario.description))
      .put("seed", whole(scenario.seed))
      .put("duration", time(scenario.duration))
      .put("organizations", list(scenario.organizations, write_organization))
      .put("channels", list(scenario.channels, write_channel))
      .put("config", write_config(scenario.config))
      .put("overrides", write_overrides(scenario.overrides))
      .put("network", write_network(scenario.network))
      .put("cpu", JsonNode::object()
                      .put("verify", time(scenario.cpu.verify))
                      .put("validate_block", time(scenario.cpu.validate_block))
                      .put("commit_block", time(scenario.cpu.commit_block)))
      .put("orderers", list(*scenario.orderers, write_orderer))
      .put("blocks", list(scenario.blocks, write_blocks))
      .put("faults", list(scenario.faults, write_fault))
      .put("events", list(scenario.events, write_event));
  if (scenario.heal_at) node.put("heal_at", time(*scenario.heal_at));
  node.put("expect", list(scenario.expect, write_promise));
  return print_json(node);
}

std::string event_word(EventKind kind) {
  return std::string(words::kEventKinds.at(static_cast<std::size_t>(kind)));
}

std::string to_json(const Promise& promise) { return print_json_line(write_promise(promise)); }

std::string to_json(const Selector& selector) { return print_json_line(write_selector(selector)); }

}  // namespace hearsay::scenario
