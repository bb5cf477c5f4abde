// Fault: something that goes wrong for a while.
//
// Faults act on hosts and frames alone; they know no protocol. Which hosts are meant may depend on
// the moment (the leader of an organisation), so they are handed over when the fault begins. A host
// is whatever the world has: peers, and what else comes to be one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sim/net/network.h"
#include "sim/world/world.h"

namespace hearsay::sim {

// A host that a fault is about. A partition puts hosts into groups, numbered from 1.
struct FaultTarget {
  HostIndex host = kNoPeer;
  std::uint8_t group = 0;

  bool operator==(const FaultTarget&) const = default;
};
inline constexpr std::size_t kMaxFaultGroups = 255;

class Fault {
 public:
  virtual ~Fault() = default;

  // Both are called once, begin first, as actions of the world. `targets` ascend by host, no host
  // twice.
  virtual void begin(std::span<const FaultTarget> targets) = 0;
  // What was changed is changed back, as far as it can be.
  virtual void end() = 0;
};

// Kills the hosts' processes; the kernels close their connections. At its end, the hosts that it
// killed start again.
class Crash final : public Fault {
 public:
  explicit Crash(World& world) : world_(world) {}
  void begin(std::span<const FaultTarget> targets) override;
  void end() override;

 private:
  World& world_;
  std::vector<HostIndex> killed_;
};

// A silent blackhole, as when the power of a switch fails: whatever the hosts send or are sent is
// swallowed, among themselves too; connections stay open and new dials hang.
class Isolate final : public Fault {
 public:
  explicit Isolate(Network& network) : network_(network) {}
  void begin(std::span<const FaultTarget> targets) override;
  void end() override { guard_.release(); }

 private:
  Network& network_;
  RuleGuard guard_;
};

// The same silence between groups of hosts: whatever one group sends to another is swallowed.
// Within a group everything passes; hosts of no group reach everybody, and are reached. One way:
// only what a group sends to a group behind it (of a higher number) is swallowed; then streams that
// are open carry what goes the other way, but no new one comes about in either direction, because a
// dial needs an answer.
class Partition final : public Fault {
 public:
  enum class Ways : std::uint8_t { kBoth, kOne };

  Partition(Network& network, Ways ways) : network_(network), ways_(ways) {}
  void begin(std::span<const FaultTarget> targets) override;
  void end() override { guard_.release(); }

 private:
  Network& network_;
  const Ways ways_;
  RuleGuard guard_;
};

}  // namespace hearsay::sim
