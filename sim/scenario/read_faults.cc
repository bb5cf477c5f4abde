#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sim/scenario/read.h"

namespace hearsay::scenario {
namespace {

using sv = std::string_view;

// The keys that each kind has, in the order of words::kFaultKinds.
constexpr std::array kCrashKeys = {sv("kind"), sv("at"), sv("peers"), sv("restart_after"),
                                   sv("state")};
constexpr std::array kIsolateKeys = {sv("kind"), sv("at"), sv("peers"), sv("for")};
constexpr std::array kPartitionKeys = {sv("kind"),   sv("at"),      sv("for"),
                                       sv("groups"), sv("one_way"), sv("bridge")};
constexpr std::array kOrdererKeys = {sv("kind"),   sv("at"),    sv("for"),   sv("orderers"),
                                     sv("action"), sv("delay"), sv("status")};
constexpr std::array<Words, words::kAvailableFaultKinds> kKeysOf = {kCrashKeys, kIsolateKeys,
                                                                    kPartitionKeys, kOrdererKeys};
// What one kind calls so, and another so.
constexpr std::array<std::array<sv, 2>, 3> kCounterparts = {
    {{"for", "restart_after"}, {"peers", "groups"}, {"peers", "orderers"}}};

constexpr sv kPeersExample = "\"peers\": and a selector such as \"org1/0..9\"";
constexpr sv kGroupsExample = "\"groups\": [ \"org1/0..4\", \"org1/5..9\" ]";

Words keys_of(FaultKind kind) { return kKeysOf.at(static_cast<std::size_t>(kind)); }
bool has_key(FaultKind kind, sv key) {
  const Words keys = keys_of(kind);
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

std::string available_faults() {
  std::string list;
  for (std::size_t i = 0; i < words::kAvailableFaultKinds; ++i) {
    list += (i > 0 ? ", " : "") + std::string(words::kFaultKinds[i]);
  }
  return list;
}

// The kind, or nothing (with a complaint) if there is none that can be injected.
std::optional<FaultKind> read_kind(const JsonNode& node, const Cursor& kind) {
  if (!node.is(JsonNode::Kind::kString)) {
    kind.wrong_kind("text", "a fault kind; available: " + available_faults());
    return std::nullopt;
  }
  const auto& known = words::kFaultKinds;
  const auto found = std::find(known.begin(), known.end(), node.text);
  const auto index = static_cast<std::size_t>(found - known.begin());
  if (index < words::kAvailableFaultKinds) return static_cast<FaultKind>(index);
  if (found != known.end()) {
    kind.complain(fmt::format("fault kind \"{}\" is not available in this version", node.text),
                  "available: " + available_faults());
    return std::nullopt;
  }
  const sv near = nearest(node.text, Words(known).first(words::kAvailableFaultKinds));
  kind.complain(fmt::format("fault kind {} is unknown", node.shown()),
                near.empty() ? "available: " + available_faults()
                             : fmt::format("did you mean \"{}\"?", near));
  return std::nullopt;
}

// Keys of other kinds are complaints, with what this kind has instead.
void refuse_strange_keys(const Fields& fields, FaultKind kind) {
  for (const sv key : words::kFault) {
    if (!fields.has(key) || has_key(kind, key)) continue;
    std::string remedy = "leave it out";
    for (const auto& [a, b] : kCounterparts) {
      if (key != a && key != b) continue;
      const sv other = key == a ? b : a;
      if (has_key(kind, other)) remedy = fmt::format("write \"{}\"", other);
    }
    const sv word = words::kFaultKinds[static_cast<std::size_t>(kind)];
    fields.at(key).complain(fmt::format("fault kind \"{}\" has no \"{}\"", word, key), remedy);
  }
}

void read_partition(const Fields& fields, Fault& fault) {
  if (const auto groups = fields.require("groups", kGroupsExample)) {
    const auto list = groups->as_list(kMaxFaultGroups, "[ \"org1/0..4\", \"org1/5..9\" ]");
    for (const Cursor& group : list.value_or(std::vector<Cursor>{})) {
      // One that cannot be read keeps its place, so that indices agree with the file.
      fault.groups.push_back(group.as_selector().value_or(Selector::nobody()));
    }
  }
  if (const auto one_way = fields.get("one_way")) {
    if (one_way->node().is(JsonNode::Kind::kBool)) {
      fault.one_way = one_way->node().boolean;
    } else {
      one_way->wrong_kind("true or false", "true or false");
    }
  }
  if (const auto bridge = fields.get("bridge")) assign(fault.bridge, bridge->as_selector());
}

// A name, or a list of names.
void read_names(const Cursor& cursor, std::vector<std::string>& names) {
  if (cursor.node().is(JsonNode::Kind::kString)) {
    names.push_back(cursor.node().text);
    return;
  }
  const auto list = cursor.as_list(kMaxEntries, "[ \"orderer0\" ]");
  for (const Cursor& name : list.value_or(std::vector<Cursor>{}))
    names.push_back(name.as_text("the name of an orderer").value_or(std::string{}));
}

void read_orderer_fault(const Fields& fields, Fault& fault) {
  if (const auto names = fields.get("orderers")) read_names(*names, fault.orderers);
  const auto action = fields.require("action", "\"action\": \"outage\"");
  const auto choice = action ? action->as_choice(words::kOrdererActions) : std::nullopt;
  if (!choice) return;
  fault.action = static_cast<OrdererAction>(*choice);
  const auto only_for = [&](sv key, OrdererAction owner) {
    if (fault.action == owner) return true;
    if (fields.has(key)) {
      fields.at(key).complain(
          fmt::format("action \"{}\" has no \"{}\"", words::kOrdererActions[*choice], key),
          "leave it out");
    }
    return false;
  };
  if (only_for("delay", OrdererAction::kSlow)) {
    if (const auto delay = fields.require("delay", "\"delay\": \"500ms\"")) {
      assign(fault.delay, delay->as_duration(0, kMaxRun));
    }
  }
  if (!only_for("status", OrdererAction::kStatus)) return;
  fault.status = kDefaultStatus;
  if (const auto status = fields.get("status")) {
    const auto word = status->as_choice(words::kStatuses);
    if (word) fault.status = words::kStatuses[*word];
  }
}

void read_keys(const Fields& fields, Fault& fault) {
  refuse_strange_keys(fields, fault.kind);
  const sv end = has_key(fault.kind, "for") ? "for" : "restart_after";
  if (const auto cursor = fields.get(end)) fault.lasts = cursor->as_duration(kNanosecond, kMaxRun);
  if (fault.kind == FaultKind::kPartition) return read_partition(fields, fault);
  if (fault.kind == FaultKind::kOrderer) return read_orderer_fault(fields, fault);
  const auto state = fields.get("state");
  if (!state || fault.kind != FaultKind::kCrash) return;
  const auto choice = state->as_choice(words::kCrashStates);
  if (choice && *choice == 1) {
    state->complain(fmt::format("{} is not available in this version", state->node().shown()),
                    "write \"kept\"");
  }
}

}  // namespace

Fault read_fault(const Cursor& cursor) {
  const JsonNode* kind_node = cursor.node().find("kind");
  std::optional<FaultKind> kind;
  if (kind_node != nullptr) {
    // What the keys of a kind mean that is not available is not judged.
    kind = read_kind(*kind_node, Cursor(cursor.book(), *kind_node, cursor.path() / "kind"));
    if (!kind) return {};
  }
  const Fields fields(cursor, words::kFault);
  if (!fields.usable()) return {};
  Fault fault;
  fields.require("kind", "\"kind\": and one of: " + available_faults());
  if (kind) {
    fault.kind = *kind;
    read_keys(fields, fault);
  }
  if (const auto at = fields.require("at", "\"at\": \"40s\"")) {
    assign(fault.at, at->as_duration(0, kMaxRun));
  }
  if (!kind || !has_key(*kind, "peers")) return fault;
  if (const auto peers = fields.require("peers", kPeersExample)) {
    assign(fault.peers, peers->as_selector());
  }
  return fault;
}

}  // namespace hearsay::scenario
