// The inside of validate(): one class, its checks in validate.cc and validate_*.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/validate.h"

namespace hearsay::scenario {

class Validator {
 public:
  Validator(const Scenario& scenario, const Rules& rules, ComplaintBook& book);

  void check_world();
  void check_network();
  void check_events();
  void check_expectations();

 private:
  // What a selector may be, by where it stands.
  struct Demands {
    std::string_view own_org;  // not empty: peers of this organisation only
    bool may_be_late = false;
    bool may_be_empty = false;
  };

  void check_name(const JsonPath& path, std::string_view name, std::string_view noun,
                  std::string_view example, std::string_view also_allowed = "_");
  template <typename List>
  void check_names(const JsonPath& path, const List& list, std::string_view noun,
                   std::string_view example, std::string_view also_allowed = "_");
  void check_organizations();
  void check_start(const JsonPath& path, const StartTimes& start);
  void check_organization(const JsonPath& path, const Organization& org);
  void check_anchors(const JsonPath& path, const Organization& org);
  bool shares_a_channel(const std::string& org) const;
  void check_channel(const JsonPath& path, const Channel& channel);
  void check_channel_id(const JsonPath& path, const std::string& name);

  void check_selector(const JsonPath& path, const Selector& selector, const Demands& demands);
  // Complains about unknown names and numbers out of range; walks JSON and selector side by side.
  void check_parts(const JsonPath& path, const Selector& selector, const Demands& demands);
  void check_leader(const JsonPath& path, const Selector& selector, const Demands& demands);
  bool known_org(const JsonPath& path, const std::string& name);

  void check_latency(const JsonPath& path, const Latency& latency);
  void check_platform(const JsonPath& path);
  void check_zones(const JsonPath& path);
  void check_zone_pairs(const JsonPath& path);

  void check_orderers(const JsonPath& path);
  void check_faulty_orderers(const JsonPath& path, const Fault& fault);
  void check_block_size(const JsonPath& path, const BlockSize& size);
  void check_blocks(const JsonPath& path, const BlockStream& blocks);
  void check_block_times(const JsonPath& path, const BlockStream& blocks, const Channel& channel);
  void check_source(const JsonPath& path, const BlockStream& blocks, const Channel& channel);
  void check_faults();
  void check_fault_times(const JsonPath& path, const Fault& fault);
  void check_groups(const JsonPath& path, const Fault& fault);
  void check_disjoint(const JsonPath& groups, const Fault& fault);
  void check_event(const JsonPath& path, const Event& event);
  // The channel that `name` under `path` means, or null after a complaint.
  const Channel* check_channel_name(const JsonPath& path, const std::string& name,
                                    std::string_view purpose);
  // Complains of the first peer of `peers` that is not in the channel.
  void check_members(const JsonPath& path, const Selector& peers, const Channel& channel);
  void check_metric(const JsonPath& path, const Promise& promise);
  void check_bounds(const JsonPath& path, const Promise& promise);
  void check_known_metric(const JsonPath& path, const Promise& promise);
  bool known_members(const JsonPath& path, std::string_view channel, std::string_view org);

  const Channel* find_channel(std::string_view name) const;
  std::vector<std::string_view> org_names() const;
  std::vector<std::string_view> channel_names() const;
  // True if the document has a node at `path`.
  bool given(const JsonPath& path) const { return book_.document().find(path) != nullptr; }
  bool clean(const JsonPath& path) const { return book_.clean(path); }

  const Scenario& scenario_;
  const Rules& rules_;
  ComplaintBook& book_;
  JsonPath root_;
  Population population_;
  // False if an organisation's (a channel's) name could not be read: then no name counts as
  // unknown.
  bool orgs_known_ = true;
  bool sizes_known_ = true;  // every organisation's name and number of peers
  bool channels_known_ = true;
  bool duration_known_ = true;
};

}  // namespace hearsay::scenario
