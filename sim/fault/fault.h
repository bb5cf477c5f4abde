// Fault: something that goes wrong for a while.
//
// Faults act on hosts and frames alone; they know no protocol. Which hosts are meant may depend on
// the moment (the leader of an organisation), so they are handed over when the fault begins.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "sim/net/network.h"
#include "sim/world/world.h"

namespace hearsay::sim {

class Fault {
 public:
  virtual ~Fault() = default;

  // Both are called once, begin first, as actions of the world. `hosts` is ascending, no host
  // twice.
  virtual void begin(std::span<const HostIndex> hosts) = 0;
  // What was changed is changed back, as far as it can be.
  virtual void end() = 0;
};

// Kills the hosts' processes; the kernels close their connections. At its end, the hosts that it
// killed start again.
class Crash final : public Fault {
 public:
  explicit Crash(World& world) : world_(world) {}
  void begin(std::span<const HostIndex> hosts) override;
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
  void begin(std::span<const HostIndex> hosts) override;
  void end() override { guard_.release(); }

 private:
  Network& network_;
  RuleGuard guard_;
};

}  // namespace hearsay::sim
