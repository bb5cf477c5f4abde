#include "sim/run/memory_need.h"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <string_view>

#include <fmt/format.h>

namespace hearsay::sim {
namespace {

constexpr double kProgram = 60e6;
// Every peer has a row of its view for every other, whether they meet or not.
constexpr double kPerPair = 45;
// Once they do: identities, both ends of a connection, what is under way.
constexpr double kPerAcquaintance = 100;
// A block at a peer: its ledger and the account of how it got there.
constexpr double kPerHolding = 48;
// Of a block's bytes: in the orderers' chain, in the ledgers, and on the way.
constexpr double kCopies = 3;
// Encoded and decoded by everybody, in everybody's stores.
constexpr double kCopiesPerPeer = 2;

double mean_size(const scenario::BlockSize& size) {
  switch (size.distribution) {
    case scenario::Distribution::kUniform:
      return (static_cast<double>(size.min) + static_cast<double>(size.max)) / 2;
    case scenario::Distribution::kLognormal:
      return static_cast<double>(size.median);
    case scenario::Distribution::kConstant:
      break;
  }
  return static_cast<double>(size.value);
}

struct Stream {
  double blocks = 0;
  double bytes = 0;
};

Stream measure(const scenario::BlockStream& blocks) {
  if (blocks.arrivals != scenario::Arrivals::kReplay) {
    return {static_cast<double>(blocks.count), blocks.count * mean_size(blocks.size)};
  }
  Stream stream{static_cast<double>(blocks.recorded.size()), 0};
  for (const scenario::RecordedBlock& block : blocks.recorded)
    stream.bytes += static_cast<double>(block.size);
  return stream;
}

class Sum {
 public:
  explicit Sum(MemoryNeed& need) : need_(need) {}
  void add(double bytes, double certain, const std::string& place, const std::string& what) {
    need_.bytes += bytes;
    need_.certain += certain;
    if (bytes <= most_) return;
    most_ = bytes;
    need_.place = place;
    need_.what = what;
  }

 private:
  MemoryNeed& need_;
  double most_ = 0;
};

// Pairs of peers that will talk to each other: within organisations, and the visible ones of those
// that share a channel.
double acquaintances(const scenario::Scenario& plan) {
  const scenario::Population population = scenario::population_of(plan);
  double pairs = 0, everybody = 0, in_channels = 0;
  std::map<std::string_view, double> visible;
  for (const scenario::Organization& org : plan.organizations) {
    pairs += static_cast<double>(org.peers) * org.peers;
    const auto seen = static_cast<double>(reach(*org.external_endpoints, population).size());
    visible[org.name] = seen;
    everybody += seen;
  }
  for (const scenario::Channel& channel : plan.channels) {
    double seen = 0;
    for (const std::string& org : *channel.organizations)
      seen += channel.organizations->size() > 1 ? visible[org] : 0;
    in_channels += seen * seen;
  }
  return pairs + std::min(everybody * everybody, in_channels);
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The number behind `name` in a text such as "MemTotal:  123 kB".
std::optional<double> number_after(const std::string& text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == std::string::npos) return std::nullopt;
  double number = 0;
  std::istringstream in(text.substr(at + name.size()));
  if (in >> number) return number;
  return std::nullopt;
}

void bound(MemoryThere& there, double free, double at_most, std::string_view limit) {
  if (free < there.free) {
    there.free = std::max(free, 0.0);
    there.free_limit = limit;
  }
  if (at_most < there.at_most) {
    there.at_most = at_most;
    there.at_most_limit = limit;
  }
}

void bound_by_machine(const std::string& root, MemoryThere& there) {
  const std::string text = text_of(root + "/proc/meminfo");
  const auto total = number_after(text, "MemTotal:");
  const auto free = number_after(text, "MemAvailable:");
  if (!total || !free) return;
  const double swap = number_after(text, "SwapTotal:").value_or(0);
  const double free_swap = number_after(text, "SwapFree:").value_or(0);
  bound(there, 1024 * (*free + free_swap), 1024 * (*total + swap), "what the machine has");
}

// The group that /proc/self/cgroup names in a line that begins with `key`, and those above it.
void bound_by_groups(const std::string& root, const std::string& mount, const std::string& key,
                     const std::string& file, MemoryThere& there) {
  std::istringstream lines(text_of(root + "/proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find(key);
    if (at == std::string::npos) continue;
    std::filesystem::path group = line.substr(at + key.size());
    for (;; group = group.parent_path()) {
      const auto most = number_after(text_of(root + mount + group.string() + "/" + file), "");
      if (most) bound(there, *most, *most, "the limit of the control group");
      if (group == group.parent_path()) break;
    }
  }
}

void bound_by_process(int runs, const std::string& root, MemoryThere& there) {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  const double used =
      1024 * number_after(text_of(root + "/proc/self/status"), "VmSize:").value_or(0);
  const auto most = static_cast<double>(limit.rlim_cur);
  bound(there, runs * (most - used), runs * most, "the limit of the process (ulimit -v)");
}

}  // namespace

MemoryNeed memory_need(const scenario::Scenario& plan, WireMode wire) {
  MemoryNeed need{kProgram, 0, "", ""};
  Sum sum(need);
  double peers = 0;
  std::size_t largest = 0;
  for (std::size_t i = 0; i < plan.organizations.size(); ++i) {
    peers += plan.organizations[i].peers;
    if (plan.organizations[i].peers > plan.organizations[largest].peers) largest = i;
  }
  const double views = kPerPair * peers * peers;
  // Where peers crash, they need not all run at once.
  const bool all_run = std::none_of(plan.faults.begin(), plan.faults.end(), [](const auto& fault) {
    return fault.kind == scenario::FaultKind::kCrash;
  });
  sum.add(views + kPerAcquaintance * acquaintances(plan), all_run ? views : 0,
          fmt::format("organizations[{}].peers", largest), fmt::format("{:.0f} peers", peers));
  const double copies = wire == WireMode::kBytes ? kCopies + kCopiesPerPeer * peers : kCopies;
  for (std::size_t i = 0; i < plan.blocks.size(); ++i) {
    const auto [blocks, bytes] = measure(plan.blocks[i]);
    const bool drawn = plan.blocks[i].size.distribution != scenario::Distribution::kConstant ||
                       plan.blocks[i].arrivals == scenario::Arrivals::kPoisson;
    sum.add(copies * bytes, drawn ? 0 : bytes, fmt::format("blocks[{}].size", i),
            fmt::format("{:.0f} blocks of {:.0f} bytes", blocks, bytes / std::max(blocks, 1.0)));
    sum.add(kPerHolding * blocks * peers, 0, fmt::format("blocks[{}].count", i),
            fmt::format("{:.0f} blocks at {:.0f} peers", blocks, peers));
  }
  return need;
}

MemoryThere memory_there(int runs, const std::string& root) {
  constexpr double kNoBound = std::numeric_limits<double>::infinity();
  MemoryThere there{kNoBound, kNoBound, "", ""};
  bound_by_machine(root, there);
  bound_by_groups(root, "/sys/fs/cgroup", "0::", "memory.max", there);
  bound_by_groups(root, "/sys/fs/cgroup/memory", ":memory:", "memory.limit_in_bytes", there);
  bound_by_process(runs, root, there);
  return there;
}

}  // namespace hearsay::sim
