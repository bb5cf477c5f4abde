// Incidents: how long the peers take to drop those that died, and to see again those that came
// back.
//
// Peers that stop (or are cut off) at the same instant are one loss; those that return at the same
// instant one return. Each watches its own pairs:
//
//   loss    (survivor, lost peer): done when the survivor no longer lists it
//   return  any pair with a returned peer in it: done when it is known
//
// and notes when 50, 90 and 100 % of them are first done at the same time, as in the measurements
// of real Fabric: a survivor that re-adopts a dead peer makes the share fall again. A loss ends
// when one of its peers returns, a return when one of its peers is lost again; what was not reached
// then never will be.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/curve.h"
#include "analysis/view.h"
#include "core/base/index_bits.h"

namespace hearsay::analysis {

struct Incident {
  static constexpr std::array<unsigned, 3> kPercents = {50, 90, 100};

  Time at = 0;
  bool loss = true;
  std::vector<PeerIndex> peers;
  bool open = true;
  std::uint64_t done = 0;
  std::uint64_t pairs = 0;
  std::array<Duration, 3> reached{kNever, kNever, kNever};  // since `at`
  std::optional<Pair> last;                                 // the pair that completed it
  std::optional<Pair> undone;  // a pair that was not done when it ended
  Curve curve;                 // done of pairs; times since `at`
};

class Incidents {
 public:
  // `view` must outlive this and be changed before this is told.
  explicit Incidents(const View& view);

  void lost(PeerIndex p, Time at);
  void returned(PeerIndex p, Time at);
  // Somebody else started or stopped: what counts has changed.
  void population_changed(Time at);
  void learned(PeerIndex a, PeerIndex b, Time at) { pair_changed(a, b, true, at); }
  void dropped(PeerIndex a, PeerIndex b, Time at) { pair_changed(a, b, false, at); }
  // The run is over: notes what is undone.
  void finish();

  const std::vector<Incident>& all() const { return incidents_; }

 private:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  void pair_changed(PeerIndex a, PeerIndex b, bool known, Time at);
  std::uint32_t open(PeerIndex p, Time at, bool loss);
  void close(std::uint32_t incident);
  void recount(std::uint32_t incident, Time at);
  void note(std::uint32_t incident, Time at, std::optional<Pair> pair);
  // Whether the incident watches the pair.
  bool watches(std::uint32_t incident, PeerIndex a, PeerIndex b) const;
  template <typename F>
  void for_each_pair(std::uint32_t incident, F&& f) const;

  const View& view_;
  std::vector<Incident> incidents_;
  std::vector<std::uint32_t> open_;     // indices of open incidents, ascending
  std::vector<std::uint32_t> loss_of_;  // by peer: its open loss, or kNone
  std::vector<std::uint32_t> return_of_;
};

}  // namespace hearsay::analysis
