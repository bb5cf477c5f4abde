#include "core/gossip/view.h"

#include <algorithm>

namespace hearsay {

const EnvelopeRef View::kNothing;

namespace {

std::string_view member_endpoint(const Envelope& alive) {
  const AliveMessage* content = alive.message().get<AliveMessage>();
  return content != nullptr && content->membership ? std::string_view(content->membership->endpoint)
                                                   : std::string_view();
}

}  // namespace

std::string_view View::internal_endpoint(PeerIndex p) const {
  if (!has_row(p) || !row(p).message) return {};
  if (row(p).internal_kept != 0) return kept_internal_.find(p)->second;
  return row(p).message->internal_endpoint();
}

std::string_view View::external_endpoint(PeerIndex p) const {
  return has_row(p) && row(p).message ? member_endpoint(*row(p).message) : std::string_view();
}

void View::reserve(std::size_t peers) {
  if (peers > rows_.capacity()) rows_.reserve(peers);
}

View::Row& View::make_row(PeerIndex p) {
  const std::size_t needed = raw(p) + std::size_t{1};
  if (needed > rows_.size()) {
    // A view of 10,000 peers must not take twice its rows, as the vector's own growth would.
    if (needed > rows_.capacity()) rows_.reserve(needed + needed / 4 + 64);
    rows_.resize(needed);
  }
  return rows_[raw(p)];
}

void View::set_state(PeerIndex p, Row& row, MemberState state) {
  row.state = static_cast<std::uint64_t>(state) & 3;
  if (state == MemberState::kAlive) {
    alive_.set(p);
  } else {
    alive_.clear(p);
  }
  if (state == MemberState::kDead) {
    dead_.set(p);
  } else {
    dead_.clear(p);
  }
}

void View::set_message(Row& row, const EnvelopeRef& alive, Time now) {
  row.message = alive;
  row.external = member_endpoint(*alive).empty() ? 0 : 1;
  row.last_seen = static_cast<std::uint64_t>(now) & kTimeMask;
}

void View::keep_internal(PeerIndex p, Row& row, std::string_view endpoint) {
  kept_internal_.insert_or_assign(p, std::string(endpoint));
  row.internal_kept = 1;
}

void View::drop_kept_internal(PeerIndex p, Row& row) {
  if (row.internal_kept == 0) return;
  kept_internal_.erase(p);
  row.internal_kept = 0;
}

void View::store_add(PeerIndex p, const EnvelopeRef& alive, Time now, Duration ttl) {
  Row& row = make_row(p);
  row.stored = alive;
  row.created = static_cast<std::uint64_t>(now) & kTimeMask;
  row.expired = 0;
  store_due_ = std::min(store_due_, now + ttl);
}

void View::learn(PeerIndex p, MemberState state, const EnvelopeRef& alive, Time now) {
  HS_ASSERT(!alive_.test(p) && !dead_.test(p));
  HS_ASSERT(state != MemberState::kUnknown && alive);
  Row& row = make_row(p);
  // Fabric: learnNewMembers. An earlier record's internal endpoint, even "", beats the secret's.
  if (row.message) {
    const std::string former(internal_endpoint(p));
    keep_internal(p, row, former);
  }
  set_message(row, alive, now);
  oldest_seen_ = std::min(oldest_seen_, now);
  set_state(p, row, state);
}

void View::refresh(PeerIndex p, const EnvelopeRef& alive, Time now) {
  HS_ASSERT(has_row(p) && row(p).message);
  Row& row = rows_[raw(p)];
  // Fabric: learnExistingMembers, resurrectMember. A secret replaces the internal endpoint even by
  // "".
  if (alive->secret() != nullptr) {
    drop_kept_internal(p, row);
  } else if (row.internal_kept == 0 && !row.message->internal_endpoint().empty()) {
    keep_internal(p, row, row.message->internal_endpoint());
  }
  set_message(row, alive, now);
  if (row.state != static_cast<std::uint64_t>(MemberState::kAlive)) {
    set_state(p, row, MemberState::kAlive);
  }
}

void View::bury(PeerIndex p) {
  HS_ASSERT(alive_.test(p));
  set_state(p, rows_[raw(p)], MemberState::kDead);
}

bool View::forget(PeerIndex p) {
  if (!known(p)) return false;
  Row& row = rows_[raw(p)];
  drop_kept_internal(p, row);
  row.message.reset();
  row.external = 0;
  row.last_seen = 0;
  set_state(p, row, MemberState::kUnknown);
  return true;
}

void View::find_silent(Time now, Duration timeout, std::vector<PeerIndex>& out) {
  // last_seen never goes back, so the oldest one of the last scan bounds all of now.
  if (now - oldest_seen_ <= timeout) return;
  Time oldest = now;
  alive_.for_each([&](PeerIndex p) {
    const Time seen = last_seen(p);
    oldest = std::min(oldest, seen);
    if (now - seen > timeout) out.push_back(p);
  });
  oldest_seen_ = oldest;
}

void View::sweep_store(Time now, Duration ttl, std::vector<PeerIndex>& expired) {
  if (now <= store_due_) return;
  Time due = kNever;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    Row& row = rows_[i];
    if (!row.stored) continue;
    const Time created = time_of(row.created);
    if (row.expired != 0 && now - created > 2 * ttl) {
      row.stored.reset();
      row.expired = 0;
      continue;
    }
    if (row.expired == 0 && now - created > ttl) {
      row.expired = 1;
      expired.push_back(peer_index(i));
    }
    due = std::min(due, created + (row.expired != 0 ? 2 * ttl : ttl));
  }
  store_due_ = due;
}

std::size_t View::memory_bytes() const {
  // What std::map takes per entry is the allocator's business; the strings' bytes are the bulk.
  std::size_t bytes = rows_.capacity() * sizeof(Row) + (alive_.limit() + dead_.limit()) / 8;
  for (const auto& [peer, endpoint] : kept_internal_)
    bytes += 64 + endpoint.capacity();
  return bytes;
}

}  // namespace hearsay
