#include "core/node/criteria.h"

#include <algorithm>
#include <utility>

namespace hearsay {

PeerPredicate combine_filters(std::vector<PeerPredicate> filters) {
  return [all = std::move(filters)](PeerIndex peer) {
    return std::all_of(all.begin(), all.end(), [peer](const auto& f) { return f(peer); });
  };
}

PeerIndex first_peer(const std::vector<PeerIndex>& pool, const PeerPredicate& wanted) {
  const auto found = std::find_if(pool.begin(), pool.end(), wanted);
  return found == pool.end() ? kNoPeer : *found;
}

std::vector<PeerIndex> any_match(const std::vector<PeerIndex>& pool,
                                 const std::vector<PeerPredicate>& filters) {
  std::vector<PeerIndex> kept;
  for (const PeerIndex peer : pool) {
    const auto wants = [peer](const PeerPredicate& f) { return f(peer); };
    if (std::any_of(filters.begin(), filters.end(), wants)) kept.push_back(peer);
  }
  return kept;
}

std::vector<PeerIndex> select_peers(std::int32_t k, std::vector<PeerIndex> pool,
                                    const PeerPredicate& wanted, Random& random) {
  std::vector<PeerIndex> chosen;
  const std::size_t limit = k < 0 ? pool.size() : static_cast<std::size_t>(k);
  for (std::size_t i = 0; i < pool.size() && chosen.size() < limit; ++i) {
    std::swap(pool[i], pool[i + random.below(static_cast<std::uint32_t>(pool.size() - i))]);
    if (!wanted || wanted(pool[i])) chosen.push_back(pool[i]);
  }
  return chosen;
}

std::uint32_t AckedSends::begin(std::int32_t min_ack, SendDone done) {
  const std::uint32_t cookie = next_cookie_++;
  open_.emplace(cookie, Open{min_ack, std::move(done)});
  return cookie;
}

void AckedSends::on_acks(std::uint32_t cookie, AggregatedSendResult answers) {
  const auto it = open_.find(cookie);
  if (it == open_.end()) return;
  const auto acks = static_cast<std::int64_t>(answers.ack_count());
  SendOutcome outcome;
  if (acks < it->second.min_ack) outcome.error = answers.to_string();
  outcome.answers = std::move(answers);
  end(std::move(outcome), std::move(it->second.done));
  open_.erase(it);
}

void AckedSends::fail(std::string error, SendDone done) {
  end({.error = std::move(error), .answers = {}}, std::move(done));
}

void AckedSends::end(SendOutcome outcome, SendDone done) {
  told_.push_back({std::move(outcome), std::move(done)});
  ++waiting_;
}

bool AckedSends::tell_one() {
  if (told_.empty()) return false;
  const Ended next = std::move(told_.front());
  told_.pop_front();
  --waiting_;
  if (next.done) next.done(next.outcome);
  return true;
}

void AckedSends::clear() {
  open_.clear();
  waiting_ -= static_cast<std::uint32_t>(told_.size());
  told_.clear();
}

}  // namespace hearsay
