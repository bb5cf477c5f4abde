#include "sim/scenario/validate.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "sim/scenario/input_file.h"
#include "sim/scenario/units.h"
#include "sim/scenario/validator.h"

namespace hearsay::scenario {
namespace {

using Kind = Selector::Kind;

}  // namespace

void validate(const Scenario& scenario, const Rules& rules, ComplaintBook& book) {
  Validator validator(scenario, rules, book);
  validator.check_world();
  validator.check_network();
  validator.check_events();
  validator.check_expectations();
}

Validator::Validator(const Scenario& scenario, const Rules& rules, ComplaintBook& book)
    : scenario_(scenario), rules_(rules), book_(book), population_(population_of(scenario)) {
  duration_known_ = clean(root_ / "duration");
  const auto readable = [&](std::string_view list, std::size_t count) {
    bool all = clean(root_) || given(root_ / list);
    for (std::size_t i = 0; i < count; ++i) {
      all = all && clean(root_ / list / i / "name") && given(root_ / list / i / "name");
    }
    return all && (count > 0 || clean(root_ / list));
  };
  orgs_known_ = readable("organizations", scenario.organizations.size());
  sizes_known_ = orgs_known_;
  for (std::size_t i = 0; i < scenario.organizations.size(); ++i) {
    sizes_known_ = sizes_known_ && scenario.organizations[i].peers > 0;
  }
  channels_known_ = readable("channels", scenario.channels.size());
}

// ---- names ------------------------------------------------------------------------------------

void Validator::check_name(const JsonPath& path, std::string_view name, std::string_view noun,
                           std::string_view example, std::string_view also_allowed) {
  if (!clean(path)) return;
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const bool good =
      !name.empty() && letter(name.front()) && name.size() <= kMaxNameLength &&
      std::all_of(name.begin(), name.end(), [&](char c) {
        return letter(c) || c == '-' || also_allowed.find(c) != std::string_view::npos;
      });
  if (!good) {
    book_.add(path, fmt::format("{} is no name for {}", shown(name), noun),
              fmt::format("write up to {} letters, digits and \"-\"{}, such as \"{}\"",
                          kMaxNameLength, also_allowed == "_" ? " or \"_\"" : "", example));
    return;
  }
  const auto& reserved = words::kReservedNames;
  if (std::find(reserved.begin(), reserved.end(), name) != reserved.end()) {
    book_.add(path, fmt::format("{} means something else in a selector", shown(name)),
              fmt::format("write another name, such as \"{}\"", example));
  }
}

template <typename List>
void Validator::check_names(const JsonPath& path, const List& list, std::string_view noun,
                            std::string_view example, std::string_view also_allowed) {
  std::map<std::string_view, std::size_t> first;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const JsonPath name_path = path / i / "name";
    if (!given(name_path)) continue;
    check_name(name_path, list[i].name, noun, example, also_allowed);
    const auto [found, added] = first.emplace(list[i].name, i);
    if (!added && clean(name_path)) {
      book_.add(name_path, fmt::format("{} is the name of two", shown(list[i].name)),
                fmt::format("write another name (the first is {})", (path / found->second).text()));
    }
  }
}

const Channel* Validator::find_channel(std::string_view name) const {
  for (const Channel& channel : scenario_.channels) {
    if (channel.name == name) return &channel;
  }
  return nullptr;
}

std::vector<std::string_view> Validator::org_names() const {
  std::vector<std::string_view> names;
  for (const Organization& org : scenario_.organizations)
    names.push_back(org.name);
  return names;
}

std::vector<std::string_view> Validator::channel_names() const {
  std::vector<std::string_view> names;
  for (const Channel& channel : scenario_.channels)
    names.push_back(channel.name);
  return names;
}

// ---- the world --------------------------------------------------------------------------------

void Validator::check_world() {
  if (given(root_ / "name")) {
    check_name(root_ / "name", scenario_.name, "a scenario", "first-blocks", "_.");
  }
  check_organizations();
  const JsonPath channels = root_ / "channels";
  // Metric names have dots between their parts, so a channel's name has none.
  check_names(channels, scenario_.channels, "a channel", "ch1");
  for (std::size_t i = 0; i < scenario_.channels.size(); ++i) {
    check_channel(channels / i, scenario_.channels[i]);
  }
  for (std::size_t i = 0; i < scenario_.overrides.size(); ++i) {
    const JsonPath path = root_ / "overrides" / i;
    check_selector(path / "peers", scenario_.overrides[i].peers, {});
    if (scenario_.overrides[i].start) check_start(path / "start", *scenario_.overrides[i].start);
  }
  check_names(root_ / "orderers", *scenario_.orderers, "an orderer", "orderer0");
  check_orderers(root_ / "orderers");
  if (scenario_.heal_at && duration_known_ && *scenario_.heal_at > scenario_.duration &&
      clean(root_ / "heal_at")) {
    book_.add(
        root_ / "heal_at",
        fmt::format("\"{}\" is after the end of the run", format_duration(*scenario_.heal_at)),
        fmt::format("write \"{}\" or less", format_duration(scenario_.duration)));
  }
}

void Validator::check_organizations() {
  const JsonPath path = root_ / "organizations";
  if (scenario_.organizations.empty() && clean(path)) {
    book_.add(path, "there is no organisation", "write [ { \"name\": \"org1\", \"peers\": 50 } ]");
  }
  check_names(path, scenario_.organizations, "an organisation", "org1");
  std::uint64_t total = 0;
  for (const Organization& org : scenario_.organizations)
    total += org.peers;
  if (total > kMaxPeers && clean(path)) {
    book_.add(path, fmt::format("{} peers in all", total),
              fmt::format("write {} or fewer", kMaxPeers));
  }
  for (std::size_t i = 0; i < scenario_.organizations.size(); ++i) {
    check_organization(path / i, scenario_.organizations[i]);
  }
}

void Validator::check_organization(const JsonPath& path, const Organization& org) {
  // Fabric: a bootstrap peer or an anchor of another organisation is refused.
  const Demands own{org.name, false, true};
  check_selector(path / "bootstrap", *org.bootstrap, own);
  check_selector(path / "anchors", *org.anchors, own);
  check_selector(path / "external_endpoints", *org.external_endpoints, own);
  check_selector(path / "leaders", *org.leaders, own);
  // Fabric: a peer with both useLeaderElection and orgLeader ends at its first channel.
  if (org.leader == LeaderMode::kElected && *org.leaders != Selector::nobody() &&
      given(path / "leaders") && clean(path / "leaders") && clean(path / "leader")) {
    book_.add(path / "leaders", "names static leaders, but the organisation elects them",
              "leave it out, or write \"leader\": \"static\"");
  }
  if (org.membership == MembershipMode::kConverged && org.start.spread > 0 &&
      clean(path / "start")) {
    book_.add(
        path / "start" / "spread",
        "peers that know each other from the start (\"membership\": \"converged\") start at once",
        "write \"0s\", or \"membership\": \"cold\"");
  }
  check_start(path / "start", org.start);
  check_anchors(path, org);
}

bool Validator::shares_a_channel(const std::string& org) const {
  return std::any_of(scenario_.channels.begin(), scenario_.channels.end(), [&](const auto& c) {
    const auto& members = *c.organizations;
    return members.size() > 1 && std::find(members.begin(), members.end(), org) != members.end();
  });
}

// Fabric: an anchor without an external endpoint answers whoever calls it, and so learns of peers
// that must never learn of it.
void Validator::check_anchors(const JsonPath& path, const Organization& org) {
  const Selector& seen = *org.external_endpoints;
  if (!given(path / "anchors") || !clean(path) || !sizes_known_ || !shares_a_channel(org.name)) {
    return;
  }
  if (org.anchors->draws() || seen.draws()) return;
  const std::vector<PeerIndex> visible = reach(seen, population_);
  for (const PeerIndex anchor : reach(*org.anchors, population_)) {
    if (std::binary_search(visible.begin(), visible.end(), anchor)) continue;
    book_.warn(path / "anchors",
               fmt::format("\"{}\" has no external endpoint: it learns of peers of other "
                           "organisations, which breaks channels.no_leak, and they never see it",
                           population_.name_of(anchor)),
               "add it to \"external_endpoints\", or choose another anchor");
    return;
  }
}

void Validator::check_start(const JsonPath& path, const StartTimes& start) {
  const Time last = start.at + start.spread;
  if (!duration_known_ || !clean(path) || last < scenario_.duration) return;
  book_.add(
      path,
      fmt::format("peers may start as late as \"{}\", when the run is over", format_duration(last)),
      fmt::format("let at + spread be below \"{}\"", format_duration(scenario_.duration)));
}

// Fabric: a channel's name is [a-z][a-z0-9.-]* of fewer than 250 characters, or the channel cannot
// be created. Gossip itself takes any.
void Validator::check_channel_id(const JsonPath& path, const std::string& name) {
  const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
  const bool good =
      !name.empty() && small(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
        return small(c) || (c >= '0' && c <= '9') || c == '-';
      });
  if (good) return;
  book_.warn(path, fmt::format("{} is a name that Fabric gives to no channel", shown(name)),
             "write small letters, digits and \"-\", the first a letter, such as \"ch1\"");
}

void Validator::check_channel(const JsonPath& path, const Channel& channel) {
  check_channel_id(path / "name", channel.name);
  const JsonPath orgs = path / "organizations";
  if (channel.organizations->empty() && clean(orgs) && given(orgs)) {
    book_.add(orgs, "the channel has no organisation", "leave it out for all of them");
  }
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < channel.organizations->size() && given(orgs); ++i) {
    const std::string& name = (*channel.organizations)[i];
    if (!clean(orgs / i) || !known_org(orgs / i, name)) continue;
    if (!seen.insert(name).second) {
      book_.add(orgs / i, fmt::format("{} is listed twice", shown(name)), "list it once");
    }
  }
  if (duration_known_ && clean(path / "join_at") && channel.join_at >= scenario_.duration) {
    book_.add(
        path / "join_at",
        fmt::format("\"{}\" is not before the end of the run", format_duration(channel.join_at)),
        fmt::format("write less than \"{}\"", format_duration(scenario_.duration)));
  }
}

// ---- selectors --------------------------------------------------------------------------------

bool Validator::known_org(const JsonPath& path, const std::string& name) {
  if (population_.find(name) != nullptr) return true;
  if (orgs_known_) {
    book_.add(path, fmt::format("there is no organisation {}", shown(name)),
              suggestion(name, org_names(), "organisations"));
  }
  return false;
}

void Validator::check_selector(const JsonPath& path, const Selector& selector,
                               const Demands& demands) {
  if (!given(path) || !clean(path)) return;
  check_parts(path, selector, demands);
  // Without every organisation's size the outcome is not known.
  if (!clean(path) || !sizes_known_) return;
  const std::vector<PeerIndex> peers = reach(selector, population_);
  if (peers.empty() && !demands.may_be_empty) {
    book_.add(path, "selects no peer", "select one at least");
  }
  if (demands.own_org.empty()) return;
  for (const PeerIndex peer : peers) {
    const std::string name = population_.name_of(peer);
    if (name.substr(0, name.rfind('/')) == demands.own_org) continue;
    book_.add(path, fmt::format("selects \"{}\", a peer of another organisation", name),
              fmt::format("select peers of \"{}\" only", demands.own_org));
    return;
  }
}

void Validator::check_parts(const JsonPath& path, const Selector& selector,
                            const Demands& demands) {
  const JsonNode* node = book_.document().find(path);
  const bool list = node != nullptr && node->is(JsonNode::Kind::kArray);
  const bool object = node != nullptr && node->is(JsonNode::Kind::kObject);
  for (std::size_t i = 0; i < selector.parts.size(); ++i) {
    const JsonPath part = list ? path / i : object ? path / (i == 0 ? "select" : "except") : path;
    check_parts(part, selector.parts[i], demands);
  }
  if (selector.kind == Kind::kLeader) return check_leader(path, selector, demands);
  if (selector.kind == Kind::kOrganization || selector.kind == Kind::kRange) {
    if (!known_org(path, selector.org)) return;
    const Population::Org& org = *population_.find(selector.org);
    // A count of 0 is one that could not be read.
    if (selector.kind == Kind::kRange && org.count > 0 && selector.last >= org.count) {
      book_.add(path,
                fmt::format("the selector \"{}\" goes beyond the {} peers of \"{}\"",
                            to_text(selector), org.count, org.name),
                fmt::format("the last one is \"{}/{}\"", org.name, org.count - 1));
    }
  }
  if (selector.kind == Kind::kCount && sizes_known_) {
    const std::size_t pool = reach(selector.parts[0], population_).size();
    if (selector.count > pool && clean(path)) {
      book_.add(path,
                fmt::format("the selector \"{}\" draws more peers than the {} there are",
                            to_text(selector), pool),
                fmt::format("write {} or fewer", pool));
    }
  }
}

void Validator::check_leader(const JsonPath& path, const Selector& selector,
                             const Demands& demands) {
  if (!demands.may_be_late) {
    book_.add(path,
              fmt::format("who \"{}\" is, is known only while the world runs", to_text(selector)),
              "name peers here");
    return;
  }
  if (!known_org(path, selector.org)) return;
  const Channel* channel = find_channel(selector.channel);
  if (channel == nullptr) {
    if (channels_known_) {
      book_.add(path, fmt::format("there is no channel {}", shown(selector.channel)),
                suggestion(selector.channel, channel_names(), "channels"));
    }
    return;
  }
  const auto& orgs = *channel->organizations;
  if (std::find(orgs.begin(), orgs.end(), selector.org) == orgs.end()) {
    book_.add(path, fmt::format("\"{}\" is not in channel \"{}\"", selector.org, selector.channel),
              "name an organisation of the channel");
  }
}

// ---- the network ------------------------------------------------------------------------------

void Validator::check_network() {
  const JsonPath path = root_ / "network";
  check_latency(path / "latency", scenario_.network.latency);
  check_platform(path);
  check_zones(path / "zones");
  check_zone_pairs(path / "between_zones");
}

void Validator::check_latency(const JsonPath& path, const Latency& latency) {
  if (!given(path) || !clean(path)) return;
  if (latency.distribution == Distribution::kUniform && latency.min > latency.max) {
    book_.add(path / "max",
              fmt::format("\"{}\" is below the minimum (\"{}\")", format_duration(latency.max),
                          format_duration(latency.min)),
              fmt::format("write \"{}\" or more", format_duration(latency.min)));
  }
  if (latency.distribution != Distribution::kLognormal) return;
  if (latency.median == 0) {
    book_.add(path / "median", "the median of a lognormal latency cannot be 0",
              "write a duration such as \"2ms\", or a constant latency");
  } else if (latency.p99 < latency.median) {
    book_.add(path / "p99",
              fmt::format("\"{}\" is below the median (\"{}\")", format_duration(latency.p99),
                          format_duration(latency.median)),
              fmt::format("write \"{}\" or more", format_duration(latency.median)));
  }
}

void Validator::check_platform(const JsonPath& path) {
  const std::string& file = scenario_.network.platform;
  if (file.empty()) return;
  for (const std::string_view key : {"latency", "bandwidth", "between_zones"}) {
    if (given(path / key) && clean(path / key)) {
      book_.add(path / key, "is given beside a platform, which has links of its own",
                "leave it out, or leave out \"platform\"");
    }
  }
  if (!rules_.check_files || !clean(path / "platform")) return;
  // SimGrid reads it twice, so a pipe will not do.
  if (const std::string wrong = no_regular_file(file); !wrong.empty()) {
    const JsonNode* node = book_.document().find(path / "platform");
    book_.add(path / "platform",
              fmt::format("{} {}", node != nullptr ? node->shown() : shown(file), wrong),
              fmt::format("name a SimGrid platform file (looked for {})", shown(file, 200)));
  }
}

void Validator::check_zones(const JsonPath& path) {
  check_names(path, scenario_.network.zones, "a zone", "eu");
  std::map<PeerIndex, std::size_t> zone_of;
  for (std::size_t i = 0; i < scenario_.network.zones.size(); ++i) {
    const Selector& peers = scenario_.network.zones[i].peers;
    check_selector(path / i / "peers", peers, {});
    // Which peers are drawn is not known here; whoever draws them first keeps them.
    if (!clean(path) || !sizes_known_ || peers.draws()) continue;
    for (const PeerIndex peer : reach(peers, population_)) {
      const auto [found, added] = zone_of.emplace(peer, i);
      if (added) continue;
      book_.add(path / i / "peers",
                fmt::format("selects \"{}\", which is in zone \"{}\" already",
                            population_.name_of(peer), scenario_.network.zones[found->second].name),
                "let each peer be in one zone");
      break;
    }
  }
}

void Validator::check_zone_pairs(const JsonPath& path) {
  std::vector<std::string_view> names;
  for (const Zone& zone : scenario_.network.zones)
    names.push_back(zone.name);
  const bool zones_known = clean(root_ / "network" / "zones");
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (std::size_t i = 0; i < scenario_.network.between_zones.size(); ++i) {
    const ZonePair& pair = scenario_.network.between_zones[i];
    const JsonPath at = path / i;
    const auto known = [&](std::string_view key, const std::string& name) {
      if (!clean(at / key)) return false;
      if (std::find(names.begin(), names.end(), name) != names.end()) return true;
      if (zones_known) {
        book_.add(at / key, fmt::format("there is no zone {}", shown(name)),
                  suggestion(name, names, "zones"));
      }
      return false;
    };
    const bool a = known("a", pair.a), b = known("b", pair.b);
    if (a && b && !seen.insert(std::minmax<std::string_view>(pair.a, pair.b)).second) {
      book_.add(at, fmt::format("\"{}\" and \"{}\" are given twice", pair.a, pair.b), "keep one");
    }
    check_latency(at / "latency", pair.latency);
  }
}

}  // namespace hearsay::scenario
