#include "sim/scenario/resolve.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

namespace hearsay::scenario {
namespace {

struct ConfigText {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const std::vector<std::string>& value) const {
    return fmt::format("{}", fmt::join(value, " "));
  }
};

Selector first_peer(const Organization& org) { return Selector::peer(org.name, 0); }

}  // namespace

std::string config_text(const ConfigValue& value) { return std::visit(ConfigText{}, value); }

Latency Latency::constant(Duration value) {
  return {.distribution = Distribution::kConstant, .value = value, .median = 0, .p99 = 0};
}

Population population_of(const Scenario& scenario) {
  Population population;
  for (const Organization& org : scenario.organizations)
    population.add(org.name, org.peers);
  return population;
}

Scenario resolve(Scenario scenario, const std::string& default_name,
                 const std::filesystem::path& folder) {
  if (scenario.name.empty()) scenario.name = default_name;
  std::vector<std::string> everyone;
  for (Organization& org : scenario.organizations) {
    if (!org.bootstrap) org.bootstrap = first_peer(org);
    if (!org.anchors) org.anchors = Selector::nobody();
    if (!org.external_endpoints) org.external_endpoints = Selector::nobody();
    if (!org.leaders) {
      const bool elected = org.leader == LeaderMode::kElected;
      org.leaders = elected ? Selector::nobody() : first_peer(org);
    }
    everyone.push_back(org.name);
  }
  for (Channel& channel : scenario.channels) {
    if (!channel.organizations) channel.organizations = everyone;
  }
  if (!scenario.orderers) scenario.orderers = {OrdererNode{.name = "orderer0"}};
  const auto absolute = [&folder](std::string& file) {
    if (file.empty()) return;
    std::error_code error;
    const auto whole = std::filesystem::absolute(folder / file, error);
    if (!error) file = whole.lexically_normal().string();
  };
  for (BlockStream& blocks : scenario.blocks) {
    absolute(blocks.file);
    if (blocks.channel.empty() && scenario.channels.size() == 1) {
      blocks.channel = scenario.channels[0].name;
    }
  }
  for (Fault& fault : scenario.faults) {
    if (fault.kind != FaultKind::kOrderer || !fault.orderers.empty()) continue;
    for (const OrdererNode& orderer : *scenario.orderers)
      fault.orderers.push_back(orderer.name);
  }
  for (Event& event : scenario.events) {
    const bool meant = event.kind == EventKind::kLeaveChannel && event.channel.empty();
    if (meant && scenario.channels.size() == 1) event.channel = scenario.channels[0].name;
  }
  std::string& platform = scenario.network.platform;
  if (!platform.empty()) {
    absolute(platform);
    // What a platform stands for has no meaning beside it.
    scenario.network.latency = Network{}.latency;
    scenario.network.bandwidth = Network{}.bandwidth;
    scenario.network.between_zones.clear();
  }
  return scenario;
}

}  // namespace hearsay::scenario
