#include "core/gossip/pull_engine.h"

#include <algorithm>
#include <utility>

#include "core/base/assert.h"

namespace hearsay {

PullEngine::PullEngine(Clock& clock, Random random, Waits waits, PullLinks& links)
    : clock_(clock),
      random_(random),
      waits_(waits),
      links_(links),
      pull_timer_(clock, *this, TimerKind::kPull),
      digest_wait_(clock, *this, TimerKind::kPullDigestWait),
      response_wait_(clock, *this, TimerKind::kPullResponseWait) {}

void PullEngine::stop() {
  stopped_ = true;
  pull_timer_.cancel();
}

void PullEngine::Waiting::begin(Time at) {
  due.push_back(at);
  if (!timer.armed()) timer.arm_at(at);
}

void PullEngine::Waiting::next() {
  timer.fired();
  due.erase(due.begin());
  if (!due.empty()) timer.arm_at(due.front());
}

void PullEngine::on_timer(TimerKind kind, std::uint32_t) {
  switch (kind) {
    case TimerKind::kPull:
      begin_round();
      return pull_timer_.arm_after(waits_.interval);
    case TimerKind::kPullDigestWait:
      digest_wait_.next();
      return send_requests();
    case TimerKind::kPullResponseWait:
      response_wait_.next();
      return end_round();
    default:
      HS_ASSERT_MSG(false, "a timer the engine never armed");
  }
}

// --- 5. initiator

void PullEngine::begin_round() {
  // Before any hello leaves. Owners are not cleared here, only at the end of a round.
  accept_digests_ = true;
  std::vector<PeerIndex> peers;
  links_.select_peers(peers);
  for (const PeerIndex peer : peers) {
    const std::uint64_t nonce = new_nonce();
    greeted_.push_back({nonce, peer});
    links_.send_hello(peer, nonce);
  }
  digest_wait_.begin(clock_.now() + waits_.digest);
}

std::uint64_t PullEngine::new_nonce() {
  std::uint64_t nonce = random_.next64();
  while (greeted(nonce))
    nonce = random_.next64();
  return nonce;
}

const PullEngine::Greeted* PullEngine::find(std::uint64_t nonce) const {
  const auto it = std::find_if(greeted_.begin(), greeted_.end(),
                               [&](const Greeted& g) { return g.nonce == nonce; });
  return it == greeted_.end() ? nullptr : &*it;
}

void PullEngine::on_digest(PullIds ids, std::uint64_t nonce) {
  if (!awaits_digest(nonce) || offers_.size() >= kMaxOffers) return;
  ids.subtract(state_);
  if (!ids.empty()) offers_.push_back({find(nonce)->peer, std::move(ids)});
}

// Quirk: what arrived by other ways since its digest is requested all the same.
void PullEngine::send_requests() {
  accept_digests_ = false;
  const std::vector<Offer> requests = divide();
  accept_responses_ = true;
  for (const Offer& request : requests) {
    // The newest nonce of the peer, as Fabric's map from peer to nonce has it.
    const auto it = std::find_if(greeted_.rbegin(), greeted_.rend(),
                                 [&](const Greeted& g) { return g.peer == request.owner; });
    links_.send_request(request.owner, it->nonce, request.missing);
  }
  response_wait_.begin(clock_.now() + waits_.response);
}

// Which owner is asked for what: for each id one of its owners, uniformly, twice as likely if it
// offered twice.
std::vector<PullEngine::Offer> PullEngine::divide() {
  if (offers_.size() == 1) return offers_;
  std::vector<Offer> requests;
  PullIds all;
  for (const Offer& offer : offers_) {
    all.merge(offer.missing);
    const auto same = [&](const Offer& request) { return request.owner == offer.owner; };
    if (std::none_of(requests.begin(), requests.end(), same)) requests.push_back({offer.owner, {}});
  }
  std::vector<PeerIndex> owners;
  all.for_each([&](PullId id) {
    owners.clear();
    for (const Offer& offer : offers_) {
      if (offer.missing.contains(id)) owners.push_back(offer.owner);
    }
    const auto count = static_cast<std::uint32_t>(owners.size());
    const PeerIndex owner = owners[count == 1 ? 0 : random_.below(count)];
    for (Offer& request : requests) {
      if (request.owner == owner) request.missing.add(id);
    }
  });
  std::erase_if(requests, [](const Offer& request) { return request.missing.empty(); });
  return requests;
}

void PullEngine::on_response(std::span<const PullId> ids, std::uint64_t nonce) {
  if (!awaits_response(nonce)) return;
  for (const PullId id : ids)
    state_.add(id);
}

void PullEngine::end_round() {
  accept_responses_ = false;
  greeted_.clear();
  offers_.clear();
  links_.round_ended();
}

// --- 6. responder

bool PullEngine::on_hello(std::uint64_t nonce) {
  forget_old_hellos();
  if (hellos_.size() >= kMaxHellos) return false;
  hellos_.push_back({nonce, clock_.now() + waits_.request, true});
  return true;
}

bool PullEngine::serves(std::uint64_t nonce) {
  forget_old_hellos();
  return std::any_of(hellos_.begin(), hellos_.end(),
                     [&](const Hello& hello) { return hello.nonce == nonce && hello.live; });
}

// No timer each: nonces that came due are found when somebody looks. One that comes due this very
// instant still serves: with equal waits and latencies the request comes just then.
//
// Quirk: the first of several hellos with one nonce takes the nonce along when it comes due; only a
// hello that comes after that moment brings it back.
void PullEngine::forget_old_hellos() {
  const Time now = clock_.now();
  const auto is_due = [&](const Hello& hello) { return hello.due < now; };
  const auto keep = std::find_if_not(hellos_.begin(), hellos_.end(), is_due);
  for (auto gone = hellos_.begin(); gone != keep; ++gone) {
    for (auto other = keep; other != hellos_.end(); ++other) {
      const bool came_before = other->due - waits_.request < gone->due;
      if (other->nonce == gone->nonce && came_before) other->live = false;
    }
  }
  hellos_.erase(hellos_.begin(), keep);
}

}  // namespace hearsay
