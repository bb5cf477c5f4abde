// Peer selectors: how a scenario names some of its peers.
//
//   selector := term { "except" term }
//   term     := set | share "of" set | count "of" set | "leader of" ORG "in" CHANNEL
//   set      := "*" | ORG | ORG "/" N | ORG "/" N ".." N          (both ends belong to the range)
//
// In JSON a selector is such a text, a list of selectors (all of them together) or an object
// {"select": selector, "except": selector}. Draws ("25% of org1", "3 of org1") take from what
// "except" leaves, so "3 of org1 except org1/0" is three of the others. A share is rounded to the
// nearest whole number of peers and is one peer at least. "leader of" is known only while the world
// runs.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "sim/scenario/complaint.h"

namespace hearsay::scenario {

// The organisations of a world in the order of the scenario; their peers are numbered through in
// that order, so that PeerIndex and name determine each other.
class Population {
 public:
  struct Org {
    std::string name;
    std::uint32_t first = 0;  // the PeerIndex of its peer 0
    std::uint32_t count = 0;
  };

  void add(std::string name, std::uint32_t peers);

  const std::vector<Org>& orgs() const { return orgs_; }
  const Org* find(std::string_view name) const;
  std::uint32_t total() const { return total_; }
  // "org1/3". REQUIRES: raw(peer) < total().
  std::string name_of(PeerIndex peer) const;

 private:
  std::vector<Org> orgs_;
  std::uint32_t total_ = 0;
};

struct Selector {
  enum class Kind : std::uint8_t {
    kAll,           // every peer
    kOrganization,  // every peer of `org`
    kRange,         // peers `first` to `last` of `org`
    kShare,         // `share_ppm` parts per million of parts[0], drawn
    kCount,         // `count` of parts[0], drawn
    kLeader,        // the leaders of `org` in `channel` at the moment
    kList,          // every one of `parts`; an empty list is nobody
    kExcept         // parts[0] without parts[1]
  };

  Kind kind = Kind::kList;
  std::string org;
  std::string channel;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::uint64_t count = 0;
  std::uint32_t share_ppm = 0;
  std::vector<Selector> parts;

  static Selector nobody() { return {}; }
  static Selector organization(std::string name);
  static Selector peer(std::string org, std::uint32_t index);
  static Selector list(std::vector<Selector> parts);
  static Selector without(Selector from, Selector taken_out);

  // True if the outcome depends on a random draw, or on who leads at the moment.
  bool draws() const;
  bool late() const;

  bool operator==(const Selector&) const = default;
};

// Reads the text form. Says what is wrong and what would be right; knows no population.
Result<Selector, Trouble> parse_selector(std::string_view text);

// True if the selector has a text form: it is not a list and holds none.
bool has_text(const Selector& selector);
// The canonical text. REQUIRES: has_text(selector).
std::string to_text(const Selector& selector);

// A uniform number below the argument.
using Draw = std::function<std::uint64_t(std::uint64_t below)>;
// The peers that lead an organisation in a channel at the moment.
using LeadersOf =
    std::function<std::vector<PeerIndex>(std::string_view org, std::string_view channel)>;

// The selected peers in ascending order, each once. `draw` is called only if the selector draws()
// and `leaders` only if it is late(); both may then not be empty. Unknown organisations select
// nobody.
std::vector<PeerIndex> select(const Selector& selector, const Population& population,
                              const Draw& draw, const LeadersOf& leaders);

// The selector of one peer. REQUIRES: raw(peer) < population.total().
Selector selector_of(PeerIndex peer, const Population& population);

// Every peer that `select` could ever give, in ascending order.
std::vector<PeerIndex> reach(const Selector& selector, const Population& population);

}  // namespace hearsay::scenario
