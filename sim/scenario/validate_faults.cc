// Faults: when, and whom.
#include <map>

#include <fmt/format.h>

#include "sim/scenario/units.h"
#include "sim/scenario/validator.h"

namespace hearsay::scenario {

void Validator::check_faults() {
  for (std::size_t i = 0; i < scenario_.faults.size(); ++i) {
    const JsonPath path = root_ / "faults" / i;
    // A fault whose kind could not be read was not read at all.
    if (!clean(path / "kind")) continue;
    const Fault& fault = scenario_.faults[i];
    if (fault.kind == FaultKind::kPartition) {
      check_groups(path, fault);
    } else if (fault.kind == FaultKind::kOrderer) {
      check_faulty_orderers(path / "orderers", fault);
    } else {
      check_selector(path / "peers", fault.peers, {.own_org = {}, .may_be_late = true});
    }
    check_fault_times(path, fault);
  }
}

void Validator::check_fault_times(const JsonPath& path, const Fault& fault) {
  const JsonPath at = path / "at";
  if (!clean(at) || !duration_known_) return;
  const std::string text = format_duration(fault.at);
  if (fault.at >= scenario_.duration) {
    book_.add(at, fmt::format("\"{}\" is not before the end of the run", text),
              fmt::format("write less than \"{}\"", format_duration(scenario_.duration)));
    return;
  }
  if (scenario_.heal_at && clean(root_ / "heal_at") && fault.at >= *scenario_.heal_at) {
    book_.add(at, fmt::format("\"{}\" is not before \"heal_at\", which ends all faults", text),
              fmt::format("write less than \"{}\"", format_duration(*scenario_.heal_at)));
    return;
  }
  const std::string_view key = fault.kind == FaultKind::kCrash ? "restart_after" : "for";
  if (!fault.lasts || !clean(path / key) || fault.at + *fault.lasts <= scenario_.duration) return;
  book_.add(path / key,
            fmt::format("the fault ends at \"{}\", after the end of the run",
                        format_duration(fault.at + *fault.lasts)),
            fmt::format("write \"{}\" or less, or leave it out for \"never\"",
                        format_duration(scenario_.duration - fault.at)));
}

void Validator::check_groups(const JsonPath& path, const Fault& fault) {
  const JsonPath groups = path / "groups";
  if (!clean(groups)) return;
  if (fault.groups.size() < 2) {
    book_.add(groups,
              fault.groups.empty() ? "there is no group" : "one group is not parted from anybody",
              "write two or more, such as [ \"org1/0..4\", \"org1/5..9\" ]");
    return;
  }
  const Demands late{.own_org = {}, .may_be_late = true};
  check_selector(path / "bridge", fault.bridge,
                 {.own_org = {}, .may_be_late = true, .may_be_empty = true});
  for (std::size_t i = 0; i < fault.groups.size(); ++i)
    check_selector(groups / i, fault.groups[i], late);
  if (clean(groups) && clean(path / "bridge") && sizes_known_) check_disjoint(groups, fault);
}

// Who is drawn, or leads, is known only later; such a peer stays where it is found first. So peers
// that are named count as taken, and a later group must have somebody left.
void Validator::check_disjoint(const JsonPath& groups, const Fault& fault) {
  const auto settled = [](const Selector& selector) {
    return !selector.draws() && !selector.late();
  };
  const Selector bridge = settled(fault.bridge) ? fault.bridge : Selector::nobody();
  std::vector<Selector> taken = {bridge};
  std::map<PeerIndex, std::size_t> group_of;
  for (std::size_t i = 0; i < fault.groups.size(); ++i) {
    const Selector& group = fault.groups[i];
    const Selector named = settled(group) ? Selector::without(group, bridge) : Selector::nobody();
    for (const PeerIndex peer : reach(named, population_)) {
      const auto [found, added] = group_of.emplace(peer, i);
      if (added) continue;
      book_.add(groups / i,
                fmt::format("selects \"{}\", which is in groups[{}] already",
                            population_.name_of(peer), found->second),
                "let each peer be in one group, or in none to reach all of them");
      return;
    }
    if (reach(Selector::without(group, Selector::list(taken)), population_).empty()) {
      book_.add(groups / i, "has nobody left: its peers are in groups before it or in \"bridge\"",
                "select others too");
      return;
    }
    taken.push_back(named);
  }
}

}  // namespace hearsay::scenario
