#include "sim/scenario/read.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace hearsay::scenario {
namespace {

constexpr std::string_view kPeersExample = "\"peers\": and a selector such as \"org1/0..9\"";

Time read_time(const Fields& fields, std::string_view key, Time otherwise) {
  if (const auto cursor = fields.get(key)) {
    return cursor->as_duration(0, kMaxRun).value_or(otherwise);
  }
  return otherwise;
}

// Calls `read(cursor)` for each element of the list under `key`.
template <typename Read>
void each(const Fields& fields, std::string_view key, std::size_t most, std::string_view example,
          Read read) {
  const auto cursor = fields.get(key);
  if (!cursor) return;
  const auto list = cursor->as_list(most, example);
  if (!list) return;
  for (const Cursor& element : *list)
    read(element);
}

StartTimes read_start(const Cursor& cursor) {
  StartTimes start;
  const Fields fields(cursor, words::kStart);
  start.at = read_time(fields, "at", 0);
  start.spread = read_time(fields, "spread", 0);
  return start;
}

// "all" and "none" are words of this key alone.
std::optional<Selector> read_external_endpoints(const Cursor& cursor, const std::string& org) {
  if (cursor.node().is(JsonNode::Kind::kString)) {
    if (cursor.node().text == "all") return Selector::organization(org);
    if (cursor.node().text == "none") return Selector::nobody();
  }
  return cursor.as_selector();
}

Organization read_organization(const Cursor& cursor) {
  Organization org;
  const Fields fields(cursor, words::kOrganization);
  if (const auto name = fields.require("name", "\"name\": \"org1\"")) {
    assign(org.name, name->as_text("a name such as \"org1\""));
  }
  if (const auto peers = fields.require("peers", "\"peers\": 50")) {
    assign(org.peers, peers->as_whole(1, kMaxPeers));
  }
  if (const auto bootstrap = fields.get("bootstrap")) org.bootstrap = bootstrap->as_selector();
  if (const auto anchors = fields.get("anchors")) org.anchors = anchors->as_selector();
  if (const auto endpoints = fields.get("external_endpoints")) {
    org.external_endpoints = read_external_endpoints(*endpoints, org.name);
  }
  if (const auto leader = fields.get("leader")) {
    assign(org.leader, leader->as_choice(words::kLeaderModes));
  }
  if (const auto leaders = fields.get("leaders")) org.leaders = leaders->as_selector();
  if (const auto client = fields.get("deliver_client")) {
    assign(org.deliver_client, client->as_choice(words::kDeliverClients));
  }
  if (const auto membership = fields.get("membership")) {
    assign(org.membership, membership->as_choice(words::kMembershipModes));
  }
  if (const auto start = fields.get("start")) org.start = read_start(*start);
  return org;
}

Channel read_channel(const Cursor& cursor) {
  Channel channel;
  const Fields fields(cursor, words::kChannel);
  if (const auto name = fields.require("name", "\"name\": \"ch1\"")) {
    assign(channel.name, name->as_text("a name such as \"ch1\""));
  }
  if (const auto orgs = fields.get("organizations")) {
    const auto list = orgs->as_list(kMaxOrganizations, "[ \"org1\" ]");
    if (list) channel.organizations.emplace();
    for (const Cursor& org : list.value_or(std::vector<Cursor>{})) {
      channel.organizations->push_back(
          org.as_text("the name of an organisation").value_or(std::string{}));
    }
  }
  channel.join_at = read_time(fields, "join_at", 0);
  return channel;
}

Override read_override(const Cursor& cursor, const Rules& rules) {
  Override override;
  const Fields fields(cursor, words::kOverride);
  if (const auto peers = fields.require("peers", kPeersExample)) {
    assign(override.peers, peers->as_selector());
  }
  if (const auto start = fields.get("start")) override.start = read_start(*start);
  // One of the two, at least.
  const auto config =
      override.start ? fields.get("config") : fields.require("config", "\"config\": { … }");
  if (config) override.config = read_config(*config, rules);
  return override;
}

Cpu read_cpu(const Cursor& cursor) {
  Cpu cpu;
  const Fields fields(cursor, words::kCpu);
  cpu.verify = read_time(fields, "verify", 0);
  cpu.validate_block = read_time(fields, "validate_block", 0);
  cpu.commit_block = read_time(fields, "commit_block", 0);
  return cpu;
}

Event read_event(const Cursor& cursor) {
  Event event;
  const Fields fields(cursor, words::kEvent);
  std::optional<std::size_t> kind;
  if (const auto word = fields.require("kind", "\"kind\": \"leave_channel\"")) {
    kind = word->as_choice(words::kEventKinds);
    assign(event.kind, kind);
  }
  if (const auto at = fields.require("at", "\"at\": \"40s\"")) {
    assign(event.at, at->as_duration(0, kMaxRun));
  }
  if (const auto peers = fields.require("peers", kPeersExample)) {
    assign(event.peers, peers->as_selector());
  }
  if (const auto channel = fields.get("channel")) {
    assign(event.channel, channel->as_text("the name of a channel"));
    if (kind && event.kind != EventKind::kLeaveChannel) {
      channel->complain(
          fmt::format("event kind \"{}\" has no \"channel\"", words::kEventKinds[*kind]),
          "leave it out");
    }
  }
  return event;
}

Promise read_promise(const Cursor& cursor) {
  Promise promise;
  const Fields fields(cursor, words::kExpectation);
  if (const auto metric = fields.get("metric")) {
    assign(promise.metric, metric->as_text("a metric such as \"blocks.t100_s\""));
  }
  if (const auto stat = fields.get("stat")) {
    if (const auto choice = stat->as_choice(words::kStats)) promise.stat = words::kStats[*choice];
  }
  if (const auto min = fields.get("min")) promise.min = min->as_number();
  if (const auto max = fields.get("max")) promise.max = max->as_number();
  if (const auto equals = fields.get("equals")) promise.equals = equals->as_number();
  if (const auto invariant = fields.get("invariant")) {
    const auto choice = invariant->as_choice(words::kInvariants);
    if (choice) promise.invariant = words::kInvariants[*choice];
  }
  return promise;
}

void read_world(const Fields& fields, const Rules& rules, Scenario& scenario) {
  fields.require("organizations", "\"organizations\": [ { \"name\": \"org1\", \"peers\": 50 } ]");
  each(fields, "organizations", kMaxOrganizations, "[ { \"name\": \"org1\", \"peers\": 50 } ]",
       [&](const Cursor& c) { scenario.organizations.push_back(read_organization(c)); });
  each(fields, "channels", kMaxChannels, "[ { \"name\": \"ch1\" } ]",
       [&](const Cursor& c) { scenario.channels.push_back(read_channel(c)); });
  if (const auto config = fields.get("config")) scenario.config = read_config(*config, rules);
  if (const auto file = fields.get("core_yaml")) {
    assign(scenario.core_yaml, file->as_text("the name of a file such as \"core.yaml\""));
  }
  each(fields, "overrides", kMaxEntries, "[ { \"peers\": \"org1/0\", \"config\": { … } } ]",
       [&](const Cursor& c) { scenario.overrides.push_back(read_override(c, rules)); });
  if (const auto network = fields.get("network")) scenario.network = read_network(*network);
  if (const auto cpu = fields.get("cpu")) scenario.cpu = read_cpu(*cpu);
  if (fields.has("orderers") && fields.at("orderers").node().is(JsonNode::Kind::kArray)) {
    scenario.orderers.emplace();
  }
  each(fields, "orderers", kMaxEntries, "[ { \"name\": \"orderer0\" } ]",
       [&](const Cursor& c) { scenario.orderers->push_back(read_orderer(c)); });
}

}  // namespace

Scenario read_scenario(const JsonNode& root, const Rules& rules, ComplaintBook& book) {
  Scenario scenario;
  const Fields fields(Cursor(book, root, JsonPath{}), words::kTop);
  if (!fields.usable()) return scenario;
  if (const auto name = fields.get("name")) {
    assign(scenario.name, name->as_text("a name such as \"first-blocks\""));
  }
  if (const auto schema = fields.get("$schema")) {
    static_cast<void>(schema->as_text("the name of a file such as \"schema.json\""));
  }
  if (const auto description = fields.get("description")) {
    assign(scenario.description, description->as_text("a sentence"));
  }
  if (const auto seed = fields.get("seed")) {
    assign(scenario.seed, seed->as_whole(0, std::numeric_limits<std::uint64_t>::max()));
  }
  if (const auto duration = fields.require("duration", "\"duration\": \"120s\"")) {
    assign(scenario.duration, duration->as_duration(kNanosecond, kMaxRun));
  }
  read_world(fields, rules, scenario);
  each(fields, "blocks", kMaxEntries, "[ { \"channel\": \"ch1\" } ]",
       [&](const Cursor& c) { scenario.blocks.push_back(read_blocks(c)); });
  each(fields, "faults", kMaxEntries, "[ { \"kind\": \"crash\", … } ]",
       [&](const Cursor& c) { scenario.faults.push_back(read_fault(c)); });
  each(fields, "events", kMaxEntries, "[ { \"kind\": \"leave_channel\", … } ]",
       [&](const Cursor& c) { scenario.events.push_back(read_event(c)); });
  if (const auto swarm = fields.get("swarm")) {
    swarm->complain("drawing faults from the seed is not available in this version",
                    "write them under \"faults\"");
  }
  if (const auto heal = fields.get("heal_at")) scenario.heal_at = heal->as_duration(0, kMaxRun);
  each(fields, "expect", kMaxEntries, "[ { \"invariant\": \"all\" } ]",
       [&](const Cursor& c) { scenario.expect.push_back(read_promise(c)); });
  return scenario;
}

}  // namespace hearsay::scenario
