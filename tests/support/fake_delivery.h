// FakeDelivery: a delivery service that only keeps books. A test says when delivery ends by itself.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/ports/delivery.h"

namespace hearsay::test {

class FakeDelivery final : public Delivery {
 public:
  Result<bool> start(std::string_view channel, std::function<void()> finaliser) override {
    calls.push_back("start " + std::string(channel));
    if (stopping) return Error{"Delivery service is stopping"};
    if (refuses) return Error{"no credentials"};
    if (!running_.emplace(channel, std::move(finaliser)).second) {
      return Error{"block provider already exists"};
    }
    return true;
  }
  Result<bool> stop(std::string_view channel) override {
    calls.push_back("stop " + std::string(channel));
    const auto found = running_.find(channel);
    if (stopping) return Error{"Delivery service is stopping"};
    if (found == running_.end()) return Error{"no block provider found"};
    ended_.push_back(std::move(found->second));
    running_.erase(found);
    return true;
  }
  void stop_all() override {
    calls.push_back("stop all");
    stopping = true;
  }

  bool running(std::string_view channel) const { return running_.contains(channel); }
  // How often delivery of the channel was begun, or tried to.
  std::size_t starts(std::string_view channel) const {
    return static_cast<std::size_t>(
        std::count(calls.begin(), calls.end(), "start " + std::string(channel)));
  }
  // Delivery ends by itself. Fabric: the channel counts as delivered until it is stopped.
  void give_up(std::string_view channel) { running_.find(channel)->second(); }
  // Calls the finalisers of what was stopped.
  void finish() {
    for (const auto& finaliser : std::exchange(ended_, {}))
      finaliser();
  }

  std::vector<std::string> calls;  // "start A" …, in order
  bool stopping = false;
  bool refuses = false;

 private:
  std::map<std::string, std::function<void()>, std::less<>> running_;
  std::vector<std::function<void()>> ended_;
};

}  // namespace hearsay::test
