#include "core/gossip/pull_ids.h"

#include <iterator>

namespace hearsay {

bool PullIds::add(PullId id) {
  if (id.is_peer) return peers_.set(id.peer());
  const auto at = std::lower_bound(numbers_.begin(), numbers_.end(), id.value);
  if (at != numbers_.end() && *at == id.value) return false;
  numbers_.insert(at, id.value);
  return true;
}

bool PullIds::remove(PullId id) {
  if (id.is_peer) return peers_.clear(id.peer());
  const auto at = std::lower_bound(numbers_.begin(), numbers_.end(), id.value);
  if (at == numbers_.end() || *at != id.value) return false;
  numbers_.erase(at);
  return true;
}

void PullIds::add_numbers(std::vector<std::uint64_t> numbers) {
  numbers.insert(numbers.end(), numbers_.begin(), numbers_.end());
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  numbers_ = std::move(numbers);
}

void PullIds::merge(const PullIds& other) {
  peers_.merge(other.peers_);
  if (!other.numbers_.empty()) add_numbers(other.numbers_);
}

void PullIds::subtract(const PullIds& other) {
  peers_.subtract(other.peers_);
  if (numbers_.empty() || other.numbers_.empty()) return;
  std::vector<std::uint64_t> rest;
  std::set_difference(numbers_.begin(), numbers_.end(), other.numbers_.begin(),
                      other.numbers_.end(), std::back_inserter(rest));
  numbers_ = std::move(rest);
}

void PullIds::clear() {
  peers_.clear_all();
  numbers_.clear();
}

}  // namespace hearsay
