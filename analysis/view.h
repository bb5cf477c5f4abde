// View: which peer knows which, as one bit per ordered pair, with counts kept up to date.
//
// A pair (a, b) counts when both run, both are members, and a can be expected to know b: they are
// of one organisation, or of two that share a channel and both have an external endpoint. (Where no
// channel is described, all organisations are taken to meet.) Used for membership ("a lists b as
// alive") and, per channel, for state info ("a knows b's height").
//
// Invariants: known() <= total(); a peer that does not run knows nobody; what others know of it
// stays.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/curve.h"
#include "core/base/index_bits.h"
#include "core/trace/facts.h"

namespace hearsay::analysis {

using Pair = std::pair<PeerIndex, PeerIndex>;  // who, of whom

class View {
 public:
  static constexpr std::array<unsigned, 4> kPercents = {50, 90, 99, 100};

  // Over all peers.
  explicit View(const RunFacts& facts);
  // Over the members of a channel.
  View(const RunFacts& facts, const ChannelFacts& channel);

  // O(peers). REQUIRES: p runs not yet / runs.
  void start(PeerIndex p, Time at);
  void stop(PeerIndex p, Time at);

  // a learned of b, or dropped it; true when that was a change. O(1).
  bool learn(PeerIndex a, PeerIndex b, Time at);
  bool lose(PeerIndex a, PeerIndex b, Time at);

  bool knows(PeerIndex a, PeerIndex b) const { return rows_[raw(a)].test(b); }
  // How many others p knows.
  std::uint32_t known_to(PeerIndex p) const { return rows_[raw(p)].count(); }
  bool running(PeerIndex p) const { return running_[raw(p)]; }
  // Whether the pair counts, were both running.
  bool visible(PeerIndex a, PeerIndex b) const {
    if (a == b || !member_[raw(a)] || !member_[raw(b)]) return false;
    return org_[raw(a)] == org_[raw(b)] ||
           (external_[raw(a)] && external_[raw(b)] && meet(org_[raw(a)], org_[raw(b)]));
  }
  // Do members of these two organisations ever meet?
  bool meet(std::size_t a, std::size_t b) const { return meet_[a * org_running_.size() + b]; }
  bool counts(PeerIndex a, PeerIndex b) const { return running(a) && running(b) && visible(a, b); }
  std::size_t size() const { return running_.size(); }

  std::uint64_t known() const { return known_; }
  std::uint64_t total() const { return total_; }
  bool complete() const { return known_ == total_; }
  const Curve& curve() const { return curve_; }

  // When kPercents[i] of the pairs were first known, counted from the last time that a peer started
  // for the first time (before that, few peers easily know each other); kNever.
  Time reached(std::size_t i) const { return reached_[i]; }
  // Since when all pairs are known without interruption; kNever when one is missing now.
  Time complete_since() const { return complete_since_; }
  // The pair whose learning completed the view when 100 % was first reached.
  std::optional<Pair> last_learned() const { return last_learned_; }
  // Some pair that counts and is not known.
  std::optional<Pair> missing() const;

 private:
  void update(Time at);
  void count_peer(PeerIndex p, bool starts);
  void enter_circle(PeerIndex p);

  std::vector<IndexBits> rows_;          // by who
  std::vector<std::uint32_t> known_by_;  // by whom: how many rows hold it
  std::vector<bool> running_, member_, external_, ever_started_;
  std::vector<std::uint16_t> org_;
  std::vector<std::uint64_t> org_running_, org_external_;  // running members, by organisation
  std::vector<bool> meet_;                                 // by two organisations
  std::vector<std::uint32_t> circle_;                      // by peer; empty when nobody is in one
  std::uint64_t known_ = 0;
  std::uint64_t total_ = 0;

  Curve curve_;
  std::size_t next_ = 0;  // index into kPercents
  std::array<Time, kPercents.size()> reached_{kNever, kNever, kNever, kNever};
  Time complete_since_ = kNever;
  std::optional<Pair> latest_;
  std::optional<Pair> last_learned_;
};

}  // namespace hearsay::analysis
