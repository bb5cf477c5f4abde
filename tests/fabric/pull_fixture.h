// Pull peers whose items are numbers, on a network made of latency alone; every message is written
// down.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/gossip/pull_mediator.h"
#include "core/wire/codec.h"
#include "tests/support/fake_clock.h"

namespace hearsay::pull_test {

using Numbers = std::vector<std::uint64_t>;

inline constexpr Duration kLatency = kMillisecond;

// Fabric's pull_test.go; its pullstore_test.go has a response wait of 300 ms.
inline constexpr PullEngine::Waits kEngineWaits{500 * kMillisecond, 100 * kMillisecond,
                                                200 * kMillisecond, 200 * kMillisecond};
inline constexpr PullEngine::Waits kMediatorWaits{500 * kMillisecond, 100 * kMillisecond,
                                                  200 * kMillisecond, 300 * kMillisecond};

inline EnvelopeRef item_of(std::uint64_t number) {
  GossipMessage message;
  message.tag = Tag::kChanAndOrg;
  message.content = DataMessage{Payload{number, "", {}}};
  return Envelope::unsigned_of(std::move(message));
}

inline Numbers numbers_of(const Digests& digests) {
  Numbers numbers;
  digests.for_each([&](std::string_view id) { numbers.push_back(std::stoull(std::string(id))); });
  return numbers;
}
inline Numbers numbers_of(const std::vector<EnvelopeRef>& items) {
  Numbers numbers;
  for (const EnvelopeRef& item : items)
    numbers.push_back(item->message().get<DataMessage>()->payload->seq_num);
  return numbers;
}

class Net;

// A message as it left.
struct Sent {
  Time time;
  PeerIndex from;
  PeerIndex to;
  EnvelopeRef envelope;
  template <typename T>
  const T& get() const {
    return *envelope->message().get<T>();
  }
};

class Puller final : private PullAdapter {
 public:
  Puller(Net& net, PeerIndex self, PullEngine::Waits waits);

  void add(std::uint64_t number) { mediator.add(item_of(number)); }
  void add(std::initializer_list<std::uint64_t> numbers) {
    for (const std::uint64_t number : numbers)
      add(number);
  }
  Numbers state() const {
    const auto numbers = mediator.advertised().numbers();
    return {numbers.begin(), numbers.end()};
  }

  Net& net;
  const PeerIndex self;
  bool running = true;
  Duration slowness = 0;                                   // before a message that came is handled
  std::vector<PeerIndex> peers;                            // whom to select
  std::function<bool(std::uint64_t, PeerIndex)> shows_to;  // unset: everything to everybody
  std::function<bool(std::uint64_t)> takes;                // of digests; unset: everything
  std::vector<std::uint64_t> consumed;
  PullMediator mediator;

 private:
  void select_peers(std::uint32_t k, Random& random, std::vector<PeerIndex>& out) override;
  bool reachable(PeerIndex peer) const override;
  void send(PeerIndex to, const EnvelopeRef& message) override;
  void respond(const Received& to, const EnvelopeRef& message) override { send(to.from, message); }
  PullIds read_digest(const Digests& digests) override;
  void read_request(const Digests& digests, std::vector<PullId>& out) override;
  Digests write(const PullIds& ids) override;
  std::optional<PullId> id_of(const Envelope& item) const override;
  PullShare share_with(const Received&) const override {
    return shows_to ? PullShare::kSome : PullShare::kAll;
  }
  bool shows(PullId id, const Received& asker) const override {
    return shows_to(id.value, asker.from);
  }
  void consume(const Received&, const EnvelopeRef& item) override {
    consumed.push_back(item->message().get<DataMessage>()->payload->seq_num);
  }
  bool keeps(const EnvelopeRef&) const override { return true; }
  void round_ended() override {}
};

class Net {
 public:
  explicit Net(PullEngine::Waits pace = kEngineWaits) : waits(pace) {}

  // A peer that selects nobody yet, with these items.
  Puller& add(std::initializer_list<std::uint64_t> items = {}) {
    pullers.push_back(std::make_unique<Puller>(*this, peer_index(pullers.size()), waits));
    pullers.back()->add(items);
    pullers.back()->mediator.start(waits.interval);
    return *pullers.back();
  }
  void run_for(Duration d) { clock.run_for(d); }

  // As if `from` had sent it.
  void post(PeerIndex from, PeerIndex to, EnvelopeRef envelope) {
    Puller& target = *pullers[raw(to)];
    clock.call_after(kLatency + target.slowness, [&target, from, envelope] {
      if (target.running) target.mediator.on_message({ConnId{0}, from, envelope});
    });
  }
  static EnvelopeRef message(Content content) {
    return Envelope::unsigned_of({0, "ch", Tag::kChanAndOrg, std::move(content)});
  }

  // What went from `from` (anybody when kNoPeer) to `to`, as its contents.
  template <typename T>
  std::vector<Sent> sent_to(PeerIndex to, PeerIndex from = kNoPeer) const {
    std::vector<Sent> found;
    for (const Sent& one : sent) {
      if (one.to != to || (from != kNoPeer && one.from != from)) continue;
      if (one.envelope->message().get<T>() != nullptr) found.push_back(one);
    }
    return found;
  }

  const PullEngine::Waits waits;
  FakeClock clock;
  std::vector<std::unique_ptr<Puller>> pullers;
  std::vector<Sent> sent;
};

inline Puller::Puller(Net& owner, PeerIndex index, PullEngine::Waits waits)
    : net(owner),
      self(index),
      mediator(owner.clock, Random::root(1).fork(std::uint64_t{raw(index)}),
               {PullMsgType::kBlock, Tag::kChanAndOrg, "ch", 100, waits}, *this) {}

inline void Puller::select_peers(std::uint32_t, Random&, std::vector<PeerIndex>& out) {
  out = peers;
}
inline bool Puller::reachable(PeerIndex peer) const { return net.pullers[raw(peer)]->running; }
inline void Puller::send(PeerIndex to, const EnvelopeRef& message) {
  if (!running) return;
  net.sent.push_back({net.clock.now(), self, to, message});
  net.post(self, to, message);
}
inline PullIds Puller::read_digest(const Digests& digests) {
  PullIds ids;
  for (const std::uint64_t number : numbers_of(digests)) {
    if (!takes || takes(number)) ids.add(PullId::of(number));
  }
  return ids;
}
inline void Puller::read_request(const Digests& digests, std::vector<PullId>& out) {
  for (const std::uint64_t number : numbers_of(digests))
    out.push_back(PullId::of(number));
}
inline Digests Puller::write(const PullIds& ids) {
  std::vector<std::string> strings;
  for (const std::uint64_t number : ids.numbers())
    strings.push_back(std::to_string(number));
  return strings;
}
inline std::optional<PullId> Puller::id_of(const Envelope& item) const {
  const auto* data = item.message().get<DataMessage>();
  if (data == nullptr || !data->payload) return std::nullopt;
  return PullId::of(data->payload->seq_num);
}

}  // namespace hearsay::pull_test
