// The ordering service.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "sim/scenario/units.h"
#include "sim/scenario/validator.h"

namespace hearsay::scenario {

void Validator::check_orderers(const JsonPath& path) {
  std::vector<std::string_view> zones;
  for (const Zone& zone : scenario_.network.zones)
    zones.push_back(zone.name);
  for (std::size_t i = 0; i < scenario_.orderers->size(); ++i) {
    const OrdererNode& orderer = (*scenario_.orderers)[i];
    const JsonPath at = path / i;
    const bool strange = std::find(zones.begin(), zones.end(), orderer.zone) == zones.end();
    if (given(at / "zone") && clean(at / "zone") && strange && clean(root_ / "network" / "zones")) {
      book_.add(at / "zone", fmt::format("there is no zone {}", shown(orderer.zone)),
                suggestion(orderer.zone, zones, "zones"));
    }
    if (orderer.latency) check_latency(at / "latency", *orderer.latency);
    for (const std::string_view key : {"latency", "bandwidth"}) {
      if (scenario_.network.platform.empty() || !given(at / key) || !clean(at / key)) continue;
      book_.add(at / key, "is given beside a platform, which has links of its own",
                "leave it out, or leave out \"platform\"");
    }
  }
}

void Validator::check_faulty_orderers(const JsonPath& path, const Fault& fault) {
  if (!clean(path) || !clean(root_ / "orderers")) return;
  if (fault.orderers.empty()) {
    return book_.add(path, "there is no orderer", "leave out \"orderers\" for one at the top");
  }
  std::vector<std::string_view> names;
  for (const OrdererNode& orderer : *scenario_.orderers)
    names.push_back(orderer.name);
  const JsonNode* node = book_.document().find(path);
  const bool list = node != nullptr && node->is(JsonNode::Kind::kArray);
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < fault.orderers.size(); ++i) {
    const std::string& name = fault.orderers[i];
    const JsonPath at = list ? path / i : path;
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      book_.add(at, fmt::format("there is no orderer {}", shown(name)),
                suggestion(name, names, "orderers"));
    } else if (!seen.insert(name).second) {
      book_.add(at, fmt::format("{} is listed twice", shown(name)), "list it once");
    }
  }
}

void Validator::check_block_size(const JsonPath& path, const BlockSize& size) {
  if (!given(path) || !clean(path)) return;
  if (size.distribution == Distribution::kUniform && size.min > size.max) {
    book_.add(path / "max",
              fmt::format("\"{}\" is below the minimum (\"{}\")", format_size(size.max),
                          format_size(size.min)),
              fmt::format("write \"{}\" or more", format_size(size.min)));
  } else if (size.distribution == Distribution::kLognormal && size.p99 < size.median) {
    book_.add(path / "p99",
              fmt::format("\"{}\" is below the median (\"{}\")", format_size(size.p99),
                          format_size(size.median)),
              fmt::format("write \"{}\" or more", format_size(size.median)));
  }
}

}  // namespace hearsay::scenario
