// View: whom one node knows, who of them is alive, and which alive messages it has seen. Data only.
//
// Mirrors the tables of gossip/discovery/discovery_impl.go of Fabric v2.5.4 (id2Member,
// aliveLastTS, deadLastTS, aliveMembership, deadMembership) and its alive message store
// (gossip/gossip/msgstore). Who changes them when is Membership's business. Spec: discovery.md
// sections 3 and 5.
//
// One 32-byte row per peer of the Directory holds both tables, because a world of N peers has N * N
// rows:
//
//    message  | last_seen, state | stored            | created, expired
//    the last alive message and  | the alive store's entry of this
//    which maps the peer is in   | peer, a tombstone once expired
//
// The (incarnation, sequence) stamps are the messages' own. The store of Fabric is a list scanned
// with a comparator; the comparator of alive messages relates only messages of one PKI-ID and of
// two such always refuses or evicts one, so the list holds at most one entry per peer, and that
// entry is this row's.
//
// Invariants: a peer is in at most one of alive and dead; a known peer has a message; the node
// itself is neither alive nor dead here.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/assert.h"
#include "core/base/ids.h"
#include "core/base/index_bits.h"
#include "core/base/prefetch.h"
#include "core/base/time.h"
#include "core/wire/envelope.h"

namespace hearsay {

// Which of Fabric's maps hold a peer. kRecordOnly: id2Member alone, neither alive nor dead.
enum class MemberState : std::uint8_t { kUnknown, kAlive, kDead, kRecordOnly };

class View {
 public:
  // --- Who is there. Any index may be asked about, kNoPeer too. --------------------------------

  bool alive(PeerIndex p) const { return alive_.test(p); }
  bool dead(PeerIndex p) const { return dead_.test(p); }
  // Known at all, alive or dead (Fabric: Lookup finds it).
  bool known(PeerIndex p) const { return state(p) != MemberState::kUnknown; }
  MemberState state(PeerIndex p) const {
    return has_row(p) ? static_cast<MemberState>(row(p).state) : MemberState::kUnknown;
  }

  const IndexBits& alive_set() const { return alive_; }
  const IndexBits& dead_set() const { return dead_; }

  // The last alive message learned of a known peer; null when unknown.
  const EnvelopeRef& message(PeerIndex p) const { return has_row(p) ? row(p).message : kNothing; }
  // When that message was learned. 0 when unknown.
  Time last_seen(PeerIndex p) const { return has_row(p) ? time_of(row(p).last_seen) : Time{0}; }

  // Where a peer is reached by members of its own organisation, and by others; "" when unknown. The
  // views hold until the peer's next alive message is learned.
  std::string_view internal_endpoint(PeerIndex p) const;
  std::string_view external_endpoint(PeerIndex p) const;
  // The internal endpoint unless it is empty, else the external one.
  std::string_view preferred_endpoint(PeerIndex p) const {
    const std::string_view internal = internal_endpoint(p);
    return internal.empty() ? external_endpoint(p) : internal;
  }

  // Does that message name an external endpoint?
  bool has_external_endpoint(PeerIndex p) const { return has_row(p) && row(p).external != 0; }

  // Loads the row of `p` into the caches ahead of use.
  void prefetch(PeerIndex p) const {
    if (has_row(p)) prefetch_line(&rows_[raw(p)]);
  }

  // --- The alive store. ------------------------------------------------------------------------

  // Would the store take this alive message of `p`? False when it holds one as new or newer, be it
  // an expired one (CheckValid). Changes nothing.
  bool store_admits(PeerIndex p, const Envelope& alive) const {
    if (!has_row(p)) return true;
    const Envelope* stored = row(p).stored.get();
    return stored == nullptr || (stored != &alive && stored->stamp() < alive.stamp());
  }
  // The message the store shows for `p`; null when none or expired (Get).
  const EnvelopeRef& stored(PeerIndex p) const {
    return has_row(p) && row(p).expired == 0 ? row(p).stored : kNothing;
  }
  // What the store holds for `p`, be it a tombstone; null when nothing.
  const EnvelopeRef& store_entry(PeerIndex p) const {
    return has_row(p) ? row(p).stored : kNothing;
  }

  // --- Changes, for Membership alone. ----------------------------------------------------------

  // Makes room for peers up to `peers` at once, so that rows are not moved while a view fills.
  void reserve(std::size_t peers);

  // Puts a message into the store, in place of an older one. REQUIRES: store_admits(p, *alive).
  void store_add(PeerIndex p, const EnvelopeRef& alive, Time now, Duration ttl);

  // Enters a peer that is in neither map into the given one (state kAlive, kDead or kRecordOnly).
  // The internal endpoint of an earlier record wins over the message's.
  void learn(PeerIndex p, MemberState state, const EnvelopeRef& alive, Time now);
  // Replaces the message of a known peer and makes it alive. The internal endpoint is that of the
  // message's secret, or the former one when the message has no secret.
  void refresh(PeerIndex p, const EnvelopeRef& alive, Time now);
  // Alive to dead; message and last_seen stay. REQUIRES: alive(p).
  void bury(PeerIndex p);
  // Takes a peer out of all maps. The store keeps its entry. True if the peer was known.
  bool forget(PeerIndex p);

  // Appends, in ascending order, the alive peers whose last_seen is more than `timeout` ago.
  void find_silent(Time now, Duration timeout, std::vector<PeerIndex>& out);

  // One sweep of the store: entries older than `ttl` become tombstones and are appended to
  // `expired` in ascending order; tombstones older than 2 * ttl go. An entry takes at most one of
  // the two steps.
  void sweep_store(Time now, Duration ttl, std::vector<PeerIndex>& expired);

  // How many bytes of memory the tables take, messages aside.
  std::size_t memory_bytes() const;

 private:
  static constexpr unsigned kTimeBits = 61;  // 36 years of nanoseconds, either way
  static constexpr std::uint64_t kTimeMask = (std::uint64_t{1} << kTimeBits) - 1;
  // Times before the start of the run are negative.
  static Time time_of(std::uint64_t bits) {
    constexpr unsigned kSpare = 64 - kTimeBits;
    return static_cast<Time>(bits << kSpare) >> kSpare;
  }

  struct Row {
    EnvelopeRef message;
    std::uint64_t last_seen : kTimeBits = 0;
    std::uint64_t state : 2 = 0;
    std::uint64_t internal_kept : 1 = 0;  // the internal endpoint is in kept_internal_
    EnvelopeRef stored;
    std::uint64_t created : kTimeBits = 0;
    std::uint64_t expired : 1 = 0;
    std::uint64_t external : 1 = 0;  // the message names an external endpoint
  };
  static_assert(sizeof(Row) == 32);

  bool has_row(PeerIndex p) const { return raw(p) < rows_.size(); }
  const Row& row(PeerIndex p) const { return rows_[raw(p)]; }
  Row& make_row(PeerIndex p);
  void set_state(PeerIndex p, Row& row, MemberState state);
  static void set_message(Row& row, const EnvelopeRef& alive, Time now);
  void keep_internal(PeerIndex p, Row& row, std::string_view endpoint);
  void drop_kept_internal(PeerIndex p, Row& row);

  static const EnvelopeRef kNothing;

  std::vector<Row> rows_;
  IndexBits alive_;
  IndexBits dead_;
  // Internal endpoints that are not those of the row's message: known from an older message with a
  // secret.
  std::map<PeerIndex, std::string> kept_internal_;
  // Lower bounds that let most scans be skipped: no alive peer was seen last before the first, no
  // entry of the store is due for its next step before the second.
  Time oldest_seen_ = 0;
  Time store_due_ = kNever;
};

}  // namespace hearsay
