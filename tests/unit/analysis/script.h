// Script: writes a trace by hand, one verb per event, and hands it to an observer.
#pragma once

#include <string>
#include <vector>

#include "analysis/observer.h"
#include "core/trace/facts.h"

namespace hearsay::analysis {

// `peers` of one organisation ("org1/0" …), all in channel "ch1".
inline RunFacts facts_of(std::size_t peers, std::size_t orgs = 1, bool external = false) {
  RunFacts facts;
  for (std::size_t o = 0; o < orgs; ++o) {
    facts.orgs.push_back("org" + std::to_string(o + 1));
    for (std::size_t i = 0; i < peers; ++i) {
      facts.peers.push_back({facts.orgs.back() + "/" + std::to_string(i),
                             OrgIndex{static_cast<std::uint16_t>(o)}, external});
    }
  }
  ChannelFacts channel{"ch1", {}};
  for (std::size_t i = 0; i < facts.peers.size(); ++i)
    channel.members.push_back(peer_index(i));
  facts.channels = {channel};
  facts.types = {"None", "AliveMsg", "DataMsg", "Hello.block", "StateRequest"};
  facts.timers = {"send_alive"};
  facts.faults = {{"isolate org1/1", true}, {"crash org1/1", false}};
  facts.duration = 100 * kSecond;
  return facts;
}

inline constexpr std::uint8_t kAliveMsg = 1;
inline constexpr std::uint8_t kDataMsg = 2;

class Script {
 public:
  explicit Script(TraceSink& sink) : sink_(sink) {}

  Script& at(Duration t) {
    now_ = t;
    return *this;
  }
  Script& start(unsigned p) { return put(p, TraceKind::kNodeStarted); }
  Script& start_all(unsigned n) {
    for (unsigned p = 0; p < n; ++p)
      start(p);
    return *this;
  }
  Script& crash(unsigned p) {
    return put(p, TraceKind::kNodeStopped,
               {.detail = static_cast<std::uint8_t>(StopReason::kCrash)});
  }
  Script& end(unsigned p) { return put(p, TraceKind::kNodeStopped); }
  Script& alive(unsigned a, unsigned b) {
    return put(a, TraceKind::kMemberAlive, {.value = 1, .other = PeerIndex{b}});
  }
  // Everybody of the first n learns everybody.
  Script& all_alive(unsigned n) {
    for (unsigned a = 0; a < n; ++a) {
      for (unsigned b = 0; b < n; ++b) {
        if (a != b) alive(a, b);
      }
    }
    return *this;
  }
  Script& dead(unsigned a, unsigned b, DeathCause cause = DeathCause::kExpired) {
    return put(a, TraceKind::kMemberDead,
               {.other = PeerIndex{b}, .detail = static_cast<std::uint8_t>(cause)});
  }
  Script& forgotten(unsigned a, unsigned b) {
    return put(a, TraceKind::kMemberForgotten, {.other = PeerIndex{b}});
  }
  Script& fault(unsigned index, unsigned p, bool begins) {
    return put(p, begins ? TraceKind::kFaultBegun : TraceKind::kFaultEnded, {.value = index});
  }
  // The partition `index` puts p into a group, or lets it go.
  Script& group(unsigned index, unsigned p, std::uint8_t group, bool begins = true) {
    return put(p, begins ? TraceKind::kFaultBegun : TraceKind::kFaultEnded,
               {.value = index, .detail = group});
  }
  Script& block(unsigned p, BlockNum number, BlockOrigin source, unsigned from = 0xFFFF'FFFF) {
    return put(p, TraceKind::kBlockReceived,
               {.value = number,
                .other = PeerIndex{from},
                .channel = ChannelIndex{0},
                .detail = static_cast<std::uint8_t>(source)});
  }
  Script& cut(BlockNum number) {
    return put(0xFFFF'FFFF, TraceKind::kBlockCut, {.value = number, .channel = ChannelIndex{0}});
  }
  Script& commit(unsigned p, BlockNum number) {
    return put(p, TraceKind::kBlockCommitted, {.value = number, .channel = ChannelIndex{0}});
  }
  Script& leads(unsigned p) {
    return put(p, TraceKind::kLeaderDeclared, {.channel = ChannelIndex{0}});
  }
  Script& steps_down(unsigned p) {
    return put(p, TraceKind::kLeaderSteppedDown, {.channel = ChannelIndex{0}});
  }
  Script& sent(unsigned p, unsigned to, std::uint8_t type, std::uint32_t size,
               std::uint64_t fingerprint = 1) {
    return put(p, TraceKind::kMessageSent,
               {.value = fingerprint, .other = PeerIndex{to}, .size = size, .type = type});
  }
  Script& delivered(unsigned p, unsigned from, std::uint8_t type, std::uint64_t fingerprint = 1) {
    return put(p, TraceKind::kMessageDelivered,
               {.value = fingerprint, .other = PeerIndex{from}, .type = type});
  }
  // A block sent on and received, as one: the message with the block's number as its fingerprint.
  Script& push(unsigned from, unsigned to, BlockNum number) {
    sent(from, to, kDataMsg, 1000, number);
    delivered(to, from, kDataMsg, number);
    return block(to, number, BlockOrigin::kPush, from);
  }
  Script& put(unsigned p, TraceKind kind, TraceEvent event = {}) {
    event.time = now_;
    event.peer = PeerIndex{p};
    event.kind = kind;
    sink_.on_event(event);
    return *this;
  }

 private:
  TraceSink& sink_;
  Time now_ = 0;
};

// The value of a metric, or of one statistic of it.
inline double metric(const RunObserver& run, const std::string& name,
                     std::string_view stat = "max") {
  const Metric* found = run.metrics().find(name);
  if (found == nullptr) return -12345;
  if (const auto* real = std::get_if<double>(&found->value)) return *real;
  if (const auto* count = std::get_if<std::uint64_t>(&found->value)) {
    return static_cast<double>(*count);
  }
  if (const auto* spread = std::get_if<Spread>(&found->value))
    return spread->stat(stat).value_or(-12345);
  return -12345;
}

inline std::string evidence(const RunObserver& run, const std::string& name) {
  const Metric* found = run.metrics().find(name);
  return found == nullptr ? "no such metric" : found->evidence.highest;
}

}  // namespace hearsay::analysis
