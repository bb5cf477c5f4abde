// PullEngine: the four-phase pull of one kind of item, initiator and responder at once.
//
// Mirrors gossip/gossip/algo/pull.go of Fabric v2.5.4. Spec: pull.md, whose section numbers the
// sources quote. The engine knows ids only; PullMediator turns them into messages and keeps items.
//
//   initiator  Hello >------ digest wait ------> Request >---- response wait ----> end of round
//                    digests are accepted here             responses here
//   responder  takes the hello; for request wait it serves requests with the hello's nonce
//
// Quirk: rounds are not told apart. Two flags and one set of nonces and owners serve all rounds
// under way, so with an interval of digest wait + response wait or less the end of a round wipes
// what the next one has gathered, and from the second round on nothing is requested any more.
// Config::problems() says so; the engine runs such settings as Fabric does.
//
// Divergence: peers are named by index where Fabric names endpoints, so two members that share an
// endpoint are two peers here.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/random.h"
#include "core/gossip/pull_ids.h"
#include "core/ports/clock.h"

namespace hearsay {

// What the initiator asks of the messages' side. Nothing of it may call the engine.
class PullLinks {
 public:
  // Appends the peers of one round.
  virtual void select_peers(std::vector<PeerIndex>& out) = 0;
  virtual void send_hello(PeerIndex to, std::uint64_t nonce) = 0;
  virtual void send_request(PeerIndex to, std::uint64_t nonce, const PullIds& ids) = 0;
  // Nothing that was offered is remembered any more.
  virtual void round_ended() = 0;

 protected:
  ~PullLinks() = default;
};

class PullEngine final : private TimerHandler {
 public:
  struct Waits {
    Duration interval;  // from the end of one initiation to the start of the next
    Duration digest;    // from the hellos of a round to its requests
    Duration request;   // how long a hello's nonce may be used, at the responder
    Duration response;  // from the requests of a round to its end
  };

  // Hellos remembered at once. Divergence: Fabric has no limit; a hello above it gets no answer.
  static constexpr std::size_t kMaxHellos = 1024;
  // Digests remembered in a round. Divergence: the same; further ones are ignored.
  static constexpr std::size_t kMaxOffers = 1024;

  // `links` outlives the engine.
  PullEngine(Clock& clock, Random random, Waits waits, PullLinks& links);

  // The first round begins `first` from now. Fabric: a full interval.
  void start(Duration first) { pull_timer_.arm_after(first); }
  // No further rounds begin. The one under way goes on to its end, and others are served.
  void stop();

  // What this peer has and advertises. Adding twice is adding once; removing what is not there
  // does nothing. True when something changed.
  bool add(PullId id) { return state_.add(id); }
  bool remove(PullId id) { return state_.remove(id); }
  const PullIds& state() const { return state_; }
  // The stream that rounds are drawn from.
  Random& random() { return random_; }

  // --- Responder ------------------------------------------------------------------------------

  // Remembers the nonce for the request wait. False when there are too many already.
  bool on_hello(std::uint64_t nonce);
  // May a request with this nonce be served? Quirk: any number of them, from anybody.
  bool serves(std::uint64_t nonce);

  // --- Initiator ------------------------------------------------------------------------------

  // Would on_digest or on_response heed this nonce now?
  bool awaits_digest(std::uint64_t nonce) const { return accept_digests_ && greeted(nonce); }
  bool awaits_response(std::uint64_t nonce) const { return accept_responses_ && greeted(nonce); }
  // Somebody has these ids. Quirk: whoever sent the digest, it counts as the word of the peer that
  // was greeted with the nonce; a second digest with one nonce makes its peer an owner twice over.
  void on_digest(PullIds ids, std::uint64_t nonce);
  // These have arrived. Quirk: requested or not, they are advertised from now on.
  void on_response(std::span<const PullId> ids, std::uint64_t nonce);

 private:
  // Ends of waits of equal length, so they come due in the order they began; one timer.
  struct Waiting {
    Waiting(Clock& clock, TimerHandler& handler, TimerKind kind) : timer(clock, handler, kind) {}
    void begin(Time due);
    void next();

    Timer timer;
    std::vector<Time> due;
  };
  struct Greeted {
    std::uint64_t nonce;
    PeerIndex peer;
  };
  struct Offer {
    PeerIndex owner;
    PullIds missing;
  };
  struct Hello {
    std::uint64_t nonce;
    Time due;
    bool live;  // false: an earlier hello with this nonce has come due since
  };

  void on_timer(TimerKind kind, std::uint32_t cookie) override;
  void begin_round();
  void send_requests();
  void end_round();

  bool greeted(std::uint64_t nonce) const { return find(nonce) != nullptr; }
  const Greeted* find(std::uint64_t nonce) const;
  std::uint64_t new_nonce();
  std::vector<Offer> divide();
  void forget_old_hellos();

  Clock& clock_;
  Random random_;
  const Waits waits_;
  PullLinks& links_;

  PullIds state_;
  bool stopped_ = false;
  bool accept_digests_ = false;
  bool accept_responses_ = false;
  std::vector<Greeted> greeted_;
  std::vector<Offer> offers_;
  std::vector<Hello> hellos_;  // in the order they come due

  Timer pull_timer_;
  Waiting digest_wait_;
  Waiting response_wait_;
};

}  // namespace hearsay
