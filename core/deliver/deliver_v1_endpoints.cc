#include "core/deliver/deliver_v1_endpoints.h"

#include <algorithm>
#include <utility>

#include "core/base/assert.h"

namespace hearsay {

V1Endpoints::V1Endpoints(Random random, bool round_robin,
                         std::span<const OrdererEndpointRef> endpoints)
    : random_(random), round_robin_(round_robin), endpoints_(endpoints.begin(), endpoints.end()) {
  HS_ASSERT(!endpoints_.empty());
  if (round_robin_) shuffle(endpoints_);
}

void V1Endpoints::update(std::span<const OrdererEndpointRef> endpoints) {
  if (endpoints.empty()) return;
  endpoints_.assign(endpoints.begin(), endpoints.end());
  turn_ = 0;
  tries_left_ = std::min(tries_left_, endpoints_.size());
  std::erase_if(disabled_, [this](const auto& entry) {
    return std::ranges::none_of(endpoints_,
                                [&](const auto& e) { return e->address == entry.first; });
  });
}

void V1Endpoints::begin(Time now) {
  std::erase_if(disabled_, [&](const auto& entry) { return now - entry.second >= kDisabledFor; });
  tries_left_ = endpoints_.size();
  if (round_robin_) return;
  order_ = endpoints_;
  shuffle(order_);
  std::erase_if(order_, [this](const auto& e) { return disabled_.contains(e->address); });
}

OrdererEndpointRef V1Endpoints::next() {
  if (round_robin_) {
    if (tries_left_ == 0) return nullptr;
    --tries_left_;
    const std::size_t now = turn_;
    turn_ = (turn_ + 1) % endpoints_.size();
    return endpoints_[now];
  }
  if (order_.empty()) return nullptr;
  OrdererEndpointRef picked = std::move(order_.back());
  order_.pop_back();
  return picked;
}

// Quirk: entries that are due to go count until the next connection.
void V1Endpoints::disable(const OrdererEndpointRef& endpoint, Time now) {
  if (endpoints_.size() == disabled_.size() + 1) return;
  const bool known = std::ranges::any_of(
      endpoints_, [&](const auto& e) { return e->address == endpoint->address; });
  if (known) disabled_[endpoint->address] = now;
}

void V1Endpoints::shuffle(std::vector<OrdererEndpointRef>& endpoints) {
  for (std::size_t i = endpoints.size(); i > 1; --i) {
    std::swap(endpoints[i - 1], endpoints[random_.below(static_cast<std::uint32_t>(i))]);
  }
}

}  // namespace hearsay
