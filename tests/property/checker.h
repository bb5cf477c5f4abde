// Checker: the invariants that hold whatever happens, looked at after each event of a trace.
//
// It keeps what the trace says of each peer, and inspect() compares that with the peers themselves.
// What must never be:
//   - a peer alive twice over, dead without having been alive or learned dead, both at once
//   - a height that falls, a block committed out of order or twice, equal numbers with other bytes
//   - a block accepted twice by one store
//   - two connections for one pair at one end, or one that closes without having been open
//   - a message that vanishes: sent, but neither delivered nor dropped
//   - sound peers refusing each other's messages as forged or malformed
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/trace/facts.h"
#include "core/trace/sink.h"
#include "sim/run/cluster.h"

namespace hearsay::test {

class Checker final : public TraceSink {
 public:
  Checker() = default;
  // Of a run in which some peers may know each other from the start, and in which identities of
  // others may end (`outcasts`): what those say is refused.
  Checker(const RunFacts& facts, bool outcasts);

  void on_event(const TraceEvent& event) override;

  // The peers agree with what their traces said, and with each other's blocks.
  void inspect(const sim::Cluster& cluster);
  // Nothing is under way any more: every message sent was delivered or dropped.
  void check_nothing_vanished();

  // When a snapshot of state information was last cut short, because its reader did not know one
  // owner. Quirk: such an entry, of an identity that ended or that never came this far, hides all
  // younger ones, until discovery forgets its owner.
  Time last_cut_snapshot() const { return last_cut_snapshot_; }

  // One sentence each, the first few.
  const std::vector<std::string>& violations() const { return violations_; }
  std::uint64_t events() const { return events_; }

 private:
  struct PeerState {
    std::set<PeerIndex> alive;
    std::set<PeerIndex> dead;
    std::set<PeerIndex> connected;
    std::set<std::pair<ChannelIndex, std::uint64_t>> accepted;  // blocks since it started
    std::uint32_t starts = 0;
    std::map<ChannelIndex, std::uint64_t> height;  // outlives the process
    void forget_process() {
      alive.clear();
      dead.clear();
      connected.clear();
      accepted.clear();
    }
  };
  struct Traffic {
    std::uint64_t sent = 0;
    std::uint64_t delivered = 0;
    std::uint64_t dropped = 0;
  };

  void enter_circle(PeerIndex p, PeerState& peer);
  void on_rejected(const TraceEvent& event);
  void on_membership(const TraceEvent& event, PeerState& peer);
  void on_block(const TraceEvent& event, PeerState& peer);
  void on_connection(const TraceEvent& event, PeerState& peer);
  void on_message(const TraceEvent& event);
  void inspect_peer(const sim::Cluster& cluster, PeerIndex p);
  void expect(bool holds, const TraceEvent& event, const char* what);
  void report(std::string sentence);

  RunFacts facts_;
  bool outcasts_ = false;
  std::map<PeerIndex, PeerState> peers_;
  std::map<std::tuple<PeerIndex, PeerIndex, std::uint8_t>, Traffic> traffic_;  // by pair and type
  std::map<std::pair<ChannelIndex, std::uint64_t>, std::uint64_t> blocks_;     // fingerprints
  std::vector<std::string> violations_;
  std::uint64_t events_ = 0;
  Time last_cut_snapshot_ = 0;
};

}  // namespace hearsay::test
