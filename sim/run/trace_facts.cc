// The first line of a trace file: the RunFacts as JSON.

#include <nlohmann/json.hpp>

#include "sim/run/trace_file.h"

namespace hearsay::sim {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

// Walks over the parts of the line; every mistake makes `bad` true and leaves the fact as it is.
struct FactsReader {
  const Json& root;
  RunFacts facts;
  std::string bad;

  void complain(const std::string& what) {
    if (bad.empty()) bad = what;
  }
  // The named list, or an empty one.
  const Json& list(const char* name) {
    static const Json kEmpty = Json::array();
    const auto found = root.find(name);
    if (found != root.end() && found->is_array()) return *found;
    complain(std::string("\"") + name + "\" is no list");
    return kEmpty;
  }
  std::string text(const Json& item, const char* key) {
    const auto found = item.is_object() ? item.find(key) : item.end();
    if (found != item.end() && found->is_string()) return *found;
    complain(std::string("\"") + key + "\" is no text");
    return "";
  }
  std::uint64_t number(const Json& item, const char* key, std::uint64_t limit) {
    const auto found = item.is_object() ? item.find(key) : item.end();
    if (found != item.end() && found->is_number_unsigned()) {
      const std::uint64_t n = *found;
      if (n < limit) return n;
    }
    complain(std::string("\"") + key + "\" is no number below " + std::to_string(limit));
    return 0;
  }
  bool flag(const Json& item, const char* key) {
    const auto found = item.is_object() ? item.find(key) : item.end();
    if (found != item.end() && found->is_boolean()) return *found;
    complain(std::string("\"") + key + "\" is neither true nor false");
    return false;
  }
  // What older traces and those of others may leave out.
  template <typename Read>
  void optional(const Json& item, const char* key, Read read) {
    if (item.is_object() && item.contains(key)) read();
  }
  std::vector<std::string> names(const char* key) {
    std::vector<std::string> out;
    for (const Json& item : list(key)) {
      if (!item.is_string())
        complain(std::string("\"") + key + "\" holds something else than names");
      out.push_back(item.is_string() ? item.get<std::string>() : "");
    }
    return out;
  }
  void channel(const Json& item) {
    ChannelFacts out;
    out.name = text(item, "name");
    out.first_block = number(item, "first_block", ~std::uint64_t{0});
    const auto members = item.is_object() ? item.find("members") : item.end();
    if (members == item.end() || !members->is_array()) return complain("\"members\" is no list");
    for (const Json& member : *members) {
      const bool fits =
          member.is_number_unsigned() && member.get<std::uint64_t>() < facts.peers.size() &&
          (out.members.empty() || raw(out.members.back()) < member.get<std::uint64_t>());
      if (!fits) return complain("\"members\" are not peers in ascending order");
      out.members.push_back(PeerIndex{member.get<std::uint32_t>()});
    }
    optional(item, "circles", [&] { out.circles = flag(item, "circles"); });
    facts.channels.push_back(std::move(out));
  }
  void read() {
    facts.orgs = names("organizations");
    for (const Json& item : list("peers")) {
      facts.peers.push_back({text(item, "name"),
                             OrgIndex{static_cast<std::uint16_t>(
                                 number(item, "org", std::max<std::size_t>(facts.orgs.size(), 1)))},
                             flag(item, "external")});
      optional(item, "circle", [&] {
        facts.peers.back().circle = static_cast<std::uint32_t>(number(item, "circle", 1u << 31));
      });
      PeerFacts& peer = facts.peers.back();
      optional(item, "anchor", [&] { peer.anchor = flag(item, "anchor"); });
      optional(item, "static_leader", [&] { peer.static_leader = flag(item, "static_leader"); });
    }
    optional(root, "orderers", [&] { facts.orderers = names("orderers"); });
    for (const Json& item : list("channels"))
      channel(item);
    facts.types = names("types");
    facts.timers = names("timers");
    for (const Json& item : list("faults")) {
      facts.faults.push_back({text(item, "name"), flag(item, "cuts_off")});
      optional(item, "leaves", [&] {
        facts.faults.back().leaves =
            ChannelIndex{static_cast<std::uint16_t>(number(item, "leaves", facts.channels.size()))};
      });
    }
    facts.duration = static_cast<Duration>(number(root, "duration_ns", std::uint64_t{1} << 62));
    facts.catches_up = flag(root, "catches_up");
    if (facts.orgs.size() > 0xFFFF || facts.channels.size() > 0xFFFF || facts.types.size() > 256) {
      complain("there are too many organisations, channels or types");
    }
    if (facts.orgs.empty() && !facts.peers.empty()) complain("there are peers of no organisation");
  }
};

}  // namespace

std::string facts_to_json(const RunFacts& facts) {
  Json out;
  out["hearsay_trace"] = kVersion;
  out["duration_ns"] = static_cast<std::uint64_t>(facts.duration);
  out["catches_up"] = facts.catches_up;
  out["organizations"] = facts.orgs;
  out["peers"] = Json::array();
  for (const PeerFacts& peer : facts.peers) {
    out["peers"].push_back(
        {{"name", peer.name}, {"org", raw(peer.org)}, {"external", peer.external_endpoint}});
    if (peer.circle > 0) out["peers"].back()["circle"] = peer.circle;
    if (peer.anchor) out["peers"].back()["anchor"] = true;
    if (peer.static_leader) out["peers"].back()["static_leader"] = true;
  }
  if (!facts.orderers.empty()) out["orderers"] = facts.orderers;
  out["channels"] = Json::array();
  for (const ChannelFacts& channel : facts.channels) {
    Json members = Json::array();
    for (const PeerIndex p : channel.members)
      members.push_back(raw(p));
    out["channels"].push_back(
        {{"name", channel.name}, {"first_block", channel.first_block}, {"members", members}});
    if (channel.circles) out["channels"].back()["circles"] = true;
  }
  out["types"] = facts.types;
  out["timers"] = facts.timers;
  out["faults"] = Json::array();
  for (const FaultFacts& fault : facts.faults) {
    out["faults"].push_back({{"name", fault.name}, {"cuts_off", fault.cuts_off}});
    if (fault.leaves != kNoChannel) out["faults"].back()["leaves"] = raw(fault.leaves);
  }
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<RunFacts> facts_from_json(std::string_view line) {
  const Json root = Json::parse(line, nullptr, false);
  if (!root.is_object() || !root.contains("hearsay_trace")) {
    return Error{std::string("this is no trace of hearsay")};
  }
  if (root["hearsay_trace"] != kVersion) {
    return Error{"this trace has version " + root["hearsay_trace"].dump() + "; known: 1"};
  }
  FactsReader reader{root, {}, {}};
  reader.read();
  if (!reader.bad.empty()) return Error{"the facts are wrong: " + reader.bad};
  return std::move(reader.facts);
}

}  // namespace hearsay::sim
