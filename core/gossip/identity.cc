#include "core/gossip/identity.h"

#include <algorithm>
#include <bit>

#include "core/wire/signing.h"

namespace hearsay {

namespace {

// Fabric: the timer is set a little behind the expiry, so that it surely has passed.
constexpr Duration kExpiryMargin = kMillisecond;

// What lies further ahead never comes, and need not fit into a Duration.
constexpr std::uint64_t kTooFar = std::uint64_t{1} << 62;

}  // namespace

const char* put_outcome_text(PutOutcome outcome) {
  switch (outcome) {
    case PutOutcome::kKnown:
      return "";
    case PutOutcome::kNoPkiId:
      return "PKIID is nil";
    case PutOutcome::kNoIdentity:
      return "identity is nil";
    case PutOutcome::kNoExpiration:
      return "failed classifying identity";
    case PutOutcome::kInvalid:
      return "identity is not valid";
    case PutOutcome::kMismatch:
      return "identity's computed PKI-ID doesn't match the given one";
    case PutOutcome::kExpired:
      return "gossipping peer identity expired";
  }
  return "?";
}

IdentityMapper::IdentityMapper(Context& context, IdentityPurgeListener* listener)
    : context_(context),
      revision_(context.crypto.revision()),
      listener_(listener),
      period_(context.config.identity_usage_threshold / kPassesPerThreshold),
      timer_(context.clock, *this, TimerKind::kIdentityPurge) {
  own_outcome_ = put(context.pki_id(), context.directory.identity(context.self())).outcome;
}

IdentityMapper::Put IdentityMapper::put(std::string_view pki_id, std::string_view identity) {
  const auto refuse = [](PutOutcome why) { return Put{why, kNoPeer}; };
  if (pki_id.empty()) return refuse(PutOutcome::kNoPkiId);
  if (identity.empty()) return refuse(PutOutcome::kNoIdentity);
  // The checks below would say the same of what is known and still valid, because a PKI-ID is a
  // hash of the identity. Quirk: one that has expired counts as known until its timer fires.
  const PeerIndex known = context_.directory.find_peer(pki_id);
  if (valid(known) && context_.directory.identity(known) == identity) {
    return {PutOutcome::kKnown, known};
  }
  const auto expires = context_.crypto.expiration(identity);
  if (!expires) return refuse(PutOutcome::kNoExpiration);
  if (context_.crypto.validate_identity(identity) != IdentityVerdict::kValid) {
    return refuse(PutOutcome::kInvalid);
  }
  if (context_.crypto.pki_id_of(identity) != pki_id) return refuse(PutOutcome::kMismatch);
  if (*expires != 0 && *expires < context_.clock.unix_time()) return refuse(PutOutcome::kExpired);
  const std::string org = context_.crypto.org_of(identity);
  const OrgIndex org_index = org.empty() ? kNoOrg : context_.directory.intern_org(org);
  const PeerIndex peer = context_.directory.intern_peer(pki_id, identity, org_index);
  accept(peer, *expires);
  return {PutOutcome::kKnown, peer};
}

void IdentityMapper::accept(PeerIndex peer, std::uint64_t expires) {
  const std::size_t word = raw(peer) >> 6;
  if (word >= words_.size()) {
    const std::size_t peers = std::max<std::size_t>(raw(peer) + 1, context_.directory.peer_count());
    words_.resize((peers + 63) / 64);
    last_used_.resize(words_.size() * 64);
  }
  Word& w = words_[word];
  const std::uint64_t bit = bit_of(peer);
  w.known |= bit;
  w.used |= bit;
  w.judged |= bit;
  w.invalid &= ~bit;
  if (expires != 0) expire_at(peer, expires);
}

// Armed once, from the wall clock as it stands now.
void IdentityMapper::expire_at(PeerIndex peer, std::uint64_t expires) {
  const std::uint64_t left = expires - context_.clock.unix_time();
  if (left >= kTooFar) return;
  const Expiry row{context_.now() + static_cast<Duration>(left) + kExpiryMargin, peer};
  const auto later = [](const Expiry& a, const Expiry& b) {
    return a.at != b.at ? a.at < b.at : raw(a.peer) < raw(b.peer);
  };
  expiring_.insert(std::upper_bound(expiring_.begin(), expiring_.end(), row, later), row);
  arm();
}

bool IdentityMapper::valid(PeerIndex peer) const {
  const std::size_t word = raw(peer) >> 6;
  if (word >= words_.size()) return false;
  if (const std::uint64_t now = context_.crypto.revision(); now != revision_) {
    revision_ = now;
    for (Word& each : words_)
      each.judged = 0;
  }
  Word& w = words_[word];
  const std::uint64_t bit = bit_of(peer);
  if ((w.known & bit) == 0) return false;
  if ((w.judged & bit) == 0) {
    const std::string& identity = context_.directory.identity(peer);
    const bool good = context_.crypto.validate_identity(identity) == IdentityVerdict::kValid;
    w.invalid = good ? w.invalid & ~bit : w.invalid | bit;
    w.judged |= bit;
  }
  return (w.invalid & bit) == 0;
}

bool IdentityMapper::verify(PeerIndex signer, const Envelope& envelope) const {
  // Validity comes first, so that the memo holds nothing that another node, or a later day, would
  // see differently.
  if (!knows(signer) || !valid(signer)) return false;
  if (envelope.signature_memo() != SignatureMemo::kUnchecked) {
    return envelope.signature_memo() == SignatureMemo::kGood;
  }
  const std::string& identity = context_.directory.identity(signer);
  const bool good =
      verify_envelope(&envelope, [&](std::string_view signature, std::string_view payload) {
        return context_.crypto.verify(identity, signature, payload);
      }) == VerifyError::kNone;
  envelope.set_signature_memo(good ? SignatureMemo::kGood : SignatureMemo::kBad);
  return good;
}

// --- forgetting

template <typename F>
void IdentityMapper::for_each_known(F&& f) const {
  for (std::size_t word = 0; word < words_.size(); ++word) {
    for (std::uint64_t bits = words_[word].known; bits != 0; bits &= bits - 1) {
      f(PeerIndex{static_cast<std::uint32_t>(word * 64) +
                  static_cast<std::uint32_t>(std::countr_zero(bits))});
    }
  }
}

bool IdentityMapper::idle(PeerIndex peer) const {
  if (peer == context_.self() || (words_[raw(peer) >> 6].used & bit_of(peer)) != 0) return false;
  return static_cast<std::uint8_t>(interval_ - last_used_[raw(peer)]) > kPassesPerThreshold;
}

void IdentityMapper::suspect_peers(const PeerSuspector& suspected) {
  std::vector<PeerIndex> doomed;
  for_each_known([&](PeerIndex peer) {
    const std::string& identity = context_.directory.identity(peer);
    if (idle(peer)) {
      doomed.push_back(peer);
    } else if (suspected(identity)) {
      words_[raw(peer) >> 6].used |= bit_of(peer);
      if (context_.crypto.validate_identity(identity) != IdentityVerdict::kValid) {
        doomed.push_back(peer);
      }
    }
  });
  for (const PeerIndex peer : doomed)
    purge(peer);
}

void IdentityMapper::purge_unused() {
  for_each_known([this](PeerIndex peer) {
    if ((words_[raw(peer) >> 6].used & bit_of(peer)) != 0) last_used_[raw(peer)] = interval_;
  });
  for (Word& word : words_)
    word.used = 0;
  ++interval_;
  suspect_peers([](std::string_view) { return false; });
}

void IdentityMapper::purge(PeerIndex peer) {
  if (listener_ != nullptr) listener_->on_identity_purge(peer);
  Word& word = words_[raw(peer) >> 6];
  word.known &= ~bit_of(peer);
  word.used &= ~bit_of(peer);
  std::erase_if(expiring_, [peer](const Expiry& row) { return row.peer == peer; });
  arm();
}

void IdentityMapper::on_timer(TimerKind, std::uint32_t) {
  timer_.fired();
  const Time now = context_.now();
  while (!expiring_.empty() && expiring_.front().at <= now)
    purge(expiring_.front().peer);
  if (purge_ == Purge::kPeriodic && next_pass_ <= now) {
    next_pass_ = now + period_;
    purge_unused();
  }
  arm();
}

void IdentityMapper::arm() {
  Time due = purge_ == Purge::kPeriodic ? next_pass_ : kNever;
  if (!expiring_.empty()) due = std::min(due, expiring_.front().at);
  if (due == kNever) return timer_.cancel();
  if (!timer_.armed() || timer_.at() != due) timer_.arm_at(due);
}

void IdentityMapper::start() {
  if (purge_ != Purge::kNotYet) return;
  purge_ = Purge::kPeriodic;
  next_pass_ = context_.now() + period_;
  arm();
}

void IdentityMapper::stop() {
  purge_ = Purge::kOver;
  arm();
}

std::uint32_t IdentityMapper::count() const {
  std::uint32_t known = 0;
  for_each_known([&known](PeerIndex) { ++known; });
  return known;
}

std::vector<PeerIdentityInfo> IdentityMapper::identity_info() const {
  std::vector<PeerIdentityInfo> all;
  for_each_known([&](PeerIndex peer) {
    all.push_back({peer, context_.directory.org(peer), context_.directory.pki_id(peer),
                   context_.directory.identity(peer)});
  });
  return all;
}

}  // namespace hearsay
