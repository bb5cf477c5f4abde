// IdentityMapper: whose identity this node knows (gossip/identity/identity.go).
//
// The bytes of identities live in the Directory, once per process; the mapper holds which of them
// this node has accepted. Put checks, in Fabric's order: PKI-ID present, identity present,
// expiration can be determined, identity valid, PKI-ID is the identity's, not expired. An identity
// already known is left alone and counts as accepted. Spec: messages-and-identity.md section 10.
//
//   Unknown --put--> Known --unused for an hour, expired, or suspected and invalid--> Unknown
//
// Whoever looks an identity up uses it: knows(), org_of(), in_my_org() and verify() refresh its
// last use, as Fabric's Get and Verify do and with them all routing; holds(), valid(), put() of
// what is known and identity_info() do not. The own identity never counts as unused, but expires
// and can be revoked like any other.
//
// Divergence: the last use is known to a tenth of the usage threshold, the period of the purge. The
// periodic purge decides by it exactly as Fabric does; suspect_peers() between two passes leaves to
// the next pass what became idle since the last. So a lookup costs one bit and no look at a clock.
//
// Verdicts on signatures are remembered on the envelopes and shared by all nodes; whether the
// signer's identity is still valid is each node's own question, asked again after a revocation.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/prefetch.h"
#include "core/gossip/context.h"

namespace hearsay {

enum class PutOutcome : std::uint8_t {
  kKnown,
  kNoPkiId,
  kNoIdentity,
  kNoExpiration,
  kInvalid,
  kMismatch,
  kExpired,
};
// Fabric's sentence for it; "" for kKnown.
const char* put_outcome_text(PutOutcome outcome);

// Who wants to know of identities that are about to be forgotten.
class IdentityPurgeListener {
 public:
  // The identity of `peer` is still known now and will not be when this returns. Must not call the
  // mapper.
  virtual void on_identity_purge(PeerIndex peer) = 0;

 protected:
  ~IdentityPurgeListener() = default;
};

// One row of IdentityInfo.
struct PeerIdentityInfo {
  PeerIndex peer = kNoPeer;
  OrgIndex org = kNoOrg;  // as it was told when the identity was accepted
  std::string pki_id;
  std::string identity;
};

// Does somebody suspect this identity? The mapper then validates it anew.
using PeerSuspector = std::function<bool(std::string_view identity)>;

class IdentityMapper final : private TimerHandler {
 public:
  // Passes of the purge per usage threshold.
  static constexpr int kPassesPerThreshold = 10;

  // Accepts the node's own identity. `listener` may be null.
  explicit IdentityMapper(Context& context, IdentityPurgeListener* listener = nullptr);
  IdentityMapper(const IdentityMapper&) = delete;
  IdentityMapper& operator=(const IdentityMapper&) = delete;

  // What became of the own identity. Fabric: anything but kKnown ends the process.
  PutOutcome own_outcome() const { return own_outcome_; }

  // On kKnown `peer` is the index of the identity's owner; else kNoPeer.
  struct Put {
    PutOutcome outcome;
    PeerIndex peer;
  };
  Put put(std::string_view pki_id, std::string_view identity);

  // The node accepted this identity before its start (past.h). REQUIRES: it is in the directory and
  // valid; `expires` is what crypto says of it.
  void assume(PeerIndex peer, std::uint64_t expires) { accept(peer, expires); }

  // Is the identity known? Refreshes its last use.
  bool knows(PeerIndex peer) const {
    const std::size_t word = raw(peer) >> 6;
    if (word >= words_.size()) return false;
    Word& w = words_[word];
    const std::uint64_t bit = bit_of(peer);
    if ((w.known & bit) == 0) return false;
    if ((w.used & bit) == 0) w.used |= bit;
    return true;
  }
  // kNoOrg when the identity is not known or its organisation cannot be told. Refreshes.
  OrgIndex org_of(PeerIndex peer) const {
    return knows(peer) ? context_.directory.org(peer) : kNoOrg;
  }
  // Refreshes.
  bool in_my_org(PeerIndex peer) const {
    return knows(peer) && context_.directory.org(peer) == context_.org();
  }

  // Does `envelope` carry a valid signature of `signer` (and, if it has a secret, a valid signature
  // over that too)? False for an unknown signer and for one whose identity has become invalid.
  // Refreshes. Remembered on the envelope: REQUIRES that `signer` is the envelope's only possible
  // signer (its subject), or that nobody else asks about it.
  bool verify(PeerIndex signer, const Envelope& envelope) const;

  // Is the identity known and, to this node's crypto, still valid? Does not refresh. What holds a
  // memoised verdict about a signer asks this first.
  bool valid(PeerIndex peer) const;

  // Is the identity known? Does not refresh: for those who look at a node.
  bool holds(PeerIndex peer) const {
    const std::size_t word = raw(peer) >> 6;
    return word < words_.size() && (words_[word].known & bit_of(peer)) != 0;
  }
  std::uint32_t count() const;

  // Loads what a question about `peer` touches into the caches ahead of use.
  void prefetch(PeerIndex peer) const {
    const std::size_t word = raw(peer) >> 6;
    if (word < words_.size()) prefetch_line(&words_[word]);
  }

  // Forgets each identity that is idle, and each that `suspected` and is no longer valid; the own
  // one only for the second reason. A suspected identity counts as used.
  void suspect_peers(const PeerSuspector& suspected);

  // All that is known, the own identity included, in ascending order. Does not refresh.
  std::vector<PeerIdentityInfo> identity_info() const;

  // Begins the periodic purge, and ends it; identities expire all the time. Each once, or more
  // often without effect. Fabric: the purge begins when the mapper is made.
  void start();
  void stop();

 private:
  // Four sets of 64 peers each, side by side because they are asked together.
  struct Word {
    std::uint64_t known = 0;
    std::uint64_t used = 0;     // since the last pass
    std::uint64_t judged = 0;   // since revision_: invalid says so
    std::uint64_t invalid = 0;  // meaningful where judged
  };
  struct Expiry {
    Time at;
    PeerIndex peer;
  };

  static std::uint64_t bit_of(PeerIndex peer) { return std::uint64_t{1} << (raw(peer) & 63); }

  void on_timer(TimerKind kind, std::uint32_t cookie) override;
  void accept(PeerIndex peer, std::uint64_t expires);
  void expire_at(PeerIndex peer, std::uint64_t expires);
  void purge(PeerIndex peer);
  void purge_unused();
  bool idle(PeerIndex peer) const;
  void arm();
  template <typename F>
  void for_each_known(F&& f) const;

  Context& context_;
  mutable std::vector<Word> words_;
  mutable std::uint64_t revision_;
  IdentityPurgeListener* const listener_;
  PutOutcome own_outcome_ = PutOutcome::kInvalid;

  // In which interval between two passes each peer was last used, modulo 256; right for those
  // without the bit `used`. Whoever is known is at most kPassesPerThreshold + 1 intervals behind.
  std::vector<std::uint8_t> last_used_;
  std::uint8_t interval_ = 0;
  enum class Purge : std::uint8_t { kNotYet, kPeriodic, kOver };
  Purge purge_ = Purge::kNotYet;
  const Duration period_;
  Time next_pass_ = 0;            // meaningful while kPeriodic
  std::vector<Expiry> expiring_;  // by time, then peer; only those that expire at all
  Timer timer_;                   // for whatever of all this is due first
};

}  // namespace hearsay
