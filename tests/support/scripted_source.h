// ScriptedSource: orderers that do what a test says, attempt by attempt.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/ports/orderer.h"
#include "tests/support/fake_clock.h"

namespace hearsay::test {

class ScriptedSource final : public BlockSource {
 public:
  using Step = std::variant<DeliverResponse, SourceEnd>;

  struct Attempt {
    Time at = 0;
    std::string endpoint;
    CommonEnvelope seek;
    Duration dial_timeout = 0;
    BlockSourceHandler* handler = nullptr;
    std::deque<Step> coming;
    bool opened = false;
    bool closed = false;  // by the client
    bool over = false;    // by whomever
    bool reading = true;
  };

  explicit ScriptedSource(FakeClock& clock) : clock_(clock) {}

  // What happens in attempt `index` (from 0) at `endpoint`: it opens, unless the first step is an
  // end by dial, stream or send, and the steps follow one after the other, at the same instant.
  // Empty: every attempt opens and is silent.
  std::function<std::vector<Step>(std::size_t index, std::string_view endpoint)> script;
  // The ways of the first attempts, in order; what follows opens and is silent.
  void set(std::initializer_list<std::vector<Step>> ways) {
    script = [all = std::vector<std::vector<Step>>(ways)](std::size_t i, std::string_view) {
      return i < all.size() ? all[i] : std::vector<Step>{};
    };
  }
  // How long it takes until an attempt is open, or has failed.
  Duration dial_time = 0;

  // Something comes from an orderer in attempt `index`.
  void say(std::size_t index, Step step) {
    attempts[index].coming.push_back(std::move(step));
    pump(index, 0);
  }

  SourceStream open(std::string_view endpoint, const CommonEnvelope& seek, Duration dial_timeout,
                    BlockSourceHandler& handler) override {
    const std::size_t index = attempts.size();
    attempts.push_back({clock_.now(), std::string(endpoint), seek, dial_timeout, &handler, {}});
    if (script) {
      for (Step& step : script(index, endpoint))
        attempts.back().coming.push_back(std::move(step));
    }
    pump(index, dial_time);
    return SourceStream{static_cast<std::uint32_t>(index)};
  }
  void set_reading(SourceStream stream, bool on) override {
    const auto index = static_cast<std::size_t>(stream);
    attempts[index].reading = on;
    if (on) pump(index, 0);
  }
  void close(SourceStream stream) override {
    Attempt& attempt = attempts[static_cast<std::size_t>(stream)];
    if (!attempt.over) attempt.closed = true;
    attempt.over = true;
  }

  std::size_t opened() const {
    return static_cast<std::size_t>(std::ranges::count(attempts, true, &Attempt::opened));
  }
  std::size_t closed() const {
    return static_cast<std::size_t>(std::ranges::count(attempts, true, &Attempt::closed));
  }
  std::size_t running() const {
    return static_cast<std::size_t>(std::ranges::count(attempts, false, &Attempt::over));
  }

  std::deque<Attempt> attempts;

 private:
  void pump(std::size_t index, Duration after) {
    clock_.call_after(after, [this, index] { step(index); });
  }
  void step(std::size_t index) {
    Attempt& attempt = attempts[index];
    if (attempt.over) return;
    const auto stream = SourceStream{static_cast<std::uint32_t>(index)};
    const SourceEnd* end =
        attempt.coming.empty() ? nullptr : std::get_if<SourceEnd>(&attempt.coming.front());
    const bool fails = end != nullptr && *end != SourceEnd::kClosed && *end != SourceEnd::kBroken;
    if (!attempt.opened && !fails) {
      attempt.opened = true;
      pump(index, 0);
      return attempt.handler->on_source_open(stream);
    }
    if (end != nullptr) {
      attempt.over = true;
      return attempt.handler->on_source_end(stream, *end);
    }
    if (attempt.coming.empty() || !attempt.reading) return;
    auto response = std::get<DeliverResponse>(std::move(attempt.coming.front()));
    attempt.coming.pop_front();
    pump(index, 0);
    attempt.handler->on_source_response(stream, std::move(response));
  }

  FakeClock& clock_;
};

}  // namespace hearsay::test
