// Past: what a node is taken to have learned before it starts.
//
// For worlds that begin in the middle of things: views are full, identities are known and state
// information has been exchanged. A Past is made once and shared by all nodes that start at its
// instant; each takes in the part that it may know, by references. Such a node is settled
// (Context::settled): its loops begin at random points of their periods, its identity travels no
// more, and it contacts nobody to be introduced.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/ports/directory.h"
#include "core/wire/envelope.h"

namespace hearsay {

struct Past {
  // When all of this holds; a node takes it in when it starts at that instant and no other.
  Time at = 0;

  // The last alive message of each peer, by PeerIndex, and when it came; null: not in this past.
  // All are signed and older than whatever the peer will say itself.
  struct Member {
    EnvelopeRef alive;
    Time seen = 0;  // not after `at`; may be negative
    bool external = false;
    std::uint64_t expires = 0;  // its identity, in Unix nanoseconds; 0: never
    EnvelopeRef identity{};     // its identity as pull carries it
  };
  std::vector<Member> members;

  // The state information of each member of a channel, by PeerIndex; null: not in it.
  struct ChannelPast {
    ChannelIndex channel = kNoChannel;
    std::vector<EnvelopeRef> state_infos;
  };
  std::vector<ChannelPast> channels;

  // Organisations whose members have met: by a * org_count + b.
  std::vector<bool> acquainted;
  std::size_t org_count = 0;

  bool met(OrgIndex a, OrgIndex b) const {
    return raw(a) < org_count && raw(b) < org_count && acquainted[raw(a) * org_count + raw(b)];
  }
  // Does `who` know `whom`? Those of one organisation do; of two that met, those with an external
  // endpoint do.
  bool knows(const Directory& directory, PeerIndex who, PeerIndex whom) const {
    if (who == whom || !has(who) || !has(whom)) return false;
    const OrgIndex a = directory.org(who);
    const OrgIndex b = directory.org(whom);
    if (a == b) return true;
    return met(a, b) && members[raw(who)].external && members[raw(whom)].external;
  }
  bool has(PeerIndex p) const { return raw(p) < members.size() && members[raw(p)].alive; }
  const ChannelPast* of(ChannelIndex channel) const {
    for (const ChannelPast& past : channels) {
      if (past.channel == channel) return &past;
    }
    return nullptr;
  }
};

}  // namespace hearsay
