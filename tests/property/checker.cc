#include "tests/property/checker.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/trace/names.h"
#include "core/wire/message.h"

namespace hearsay::test {

namespace {

constexpr std::size_t kShown = 10;

// What only an attacker's messages earn.
bool blames_the_sender(RejectReason reason) {
  switch (reason) {
    case RejectReason::kUndecodable:
    case RejectReason::kIllegalTag:
    case RejectReason::kNoContent:
    case RejectReason::kMissingMembership:
    case RejectReason::kMissingTimestamp:
    case RejectReason::kMissingPkiId:
    case RejectReason::kMissingPayload:
    case RejectReason::kBadSignature:
    case RejectReason::kUnsigned:
    case RejectReason::kBadIdentity:
    case RejectReason::kSpoofedRequest:
    case RejectReason::kForeignContent:
    case RejectReason::kBadMac:
    case RejectReason::kForeignOrg:
    case RejectReason::kBadBlock:
    case RejectReason::kUnexpected:
    case RejectReason::kNotReader:
    case RejectReason::kBadRange:
      return true;
    default:
      return false;
  }
}

}  // namespace

Checker::Checker(const RunFacts& facts, bool outcasts) : facts_(facts), outcasts_(outcasts) {}

void Checker::report(std::string sentence) {
  if (violations_.size() < kShown) violations_.push_back(std::move(sentence));
}

void Checker::expect(bool holds, const TraceEvent& event, const char* what) {
  if (holds) return;
  report(fmt::format(
      "at {} ns peer {}: {} ({}, other {}, channel {}, value {}, detail {}, type {})", event.time,
      raw(event.peer), what, trace_kind_name(event.kind), raw(event.other), raw(event.channel),
      event.value, event.detail, type_name(static_cast<MessageType>(event.type))));
}

void Checker::on_event(const TraceEvent& event) {
  ++events_;
  PeerState& peer = peers_[event.peer];
  switch (event.kind) {
    case TraceKind::kNodeStarted:
      peer.forget_process();
      if (peer.starts++ == 0) enter_circle(event.peer, peer);
      return;
    case TraceKind::kMemberAlive:
    case TraceKind::kMemberDead:
    case TraceKind::kMemberForgotten:
      return on_membership(event, peer);
    case TraceKind::kBlockReceived:
    case TraceKind::kBlockCommitted:
      return on_block(event, peer);
    case TraceKind::kConnectionOpened:
    case TraceKind::kConnectionClosed:
      return on_connection(event, peer);
    case TraceKind::kMessageSent:
    case TraceKind::kMessageDelivered:
    case TraceKind::kMessageDropped:
      return on_message(event);
    case TraceKind::kBlockLost:
    case TraceKind::kCommitFailed:
      return expect(false, event, "sound blocks alone were sent");
    case TraceKind::kMessageRejected:
      return on_rejected(event);
    default:
      return;
  }
}

// Who belongs to its circle is known, without a word in the trace, as far as peers can be: inside
// the organisation, and outside with external endpoints. All channels are everybody's here.
void Checker::enter_circle(PeerIndex p, PeerState& peer) {
  if (raw(p) >= facts_.peers.size() || facts_.peers[raw(p)].circle == 0) return;
  const PeerFacts& own = facts_.peers[raw(p)];
  for (std::size_t i = 0; i < facts_.peers.size(); ++i) {
    const PeerFacts& other = facts_.peers[i];
    if (i == raw(p) || other.circle != own.circle) continue;
    if (other.org == own.org || (other.external_endpoint && own.external_endpoint)) {
      peer.alive.insert(peer_index(i));
    }
  }
}

void Checker::on_rejected(const TraceEvent& event) {
  expect(event.detail < kRejectReasons, event, "rejected without a reason");
  const auto reason = static_cast<RejectReason>(event.detail);
  // Whose height is the last number asked for is asked, and may have nothing to give.
  if (reason == RejectReason::kMissingPayload &&
      event.type == raw(message_type(ContentKind::kStateResponse, PullMsgType::kUndefined))) {
    return;
  }
  if (reason == RejectReason::kNotInChannel &&
      event.type == raw(message_type(ContentKind::kStateSnapshot, PullMsgType::kUndefined))) {
    last_cut_snapshot_ = event.time;
  }
  // Others may hand on, for a while, what an outcast said.
  if (outcasts_ && reason == RejectReason::kBadIdentity) return;
  expect(!blames_the_sender(reason), event, "a sound peer's message was refused");
}

void Checker::on_membership(const TraceEvent& event, PeerState& peer) {
  const PeerIndex member = event.other;
  expect(member != event.peer, event, "of itself");
  switch (event.kind) {
    case TraceKind::kMemberAlive:
      expect(peer.alive.insert(member).second, event, "alive twice over");
      peer.dead.erase(member);
      return;
    case TraceKind::kMemberDead: {
      const bool learned = static_cast<DeathCause>(event.detail) == DeathCause::kLearnedDead;
      expect(peer.alive.erase(member) == (learned ? 0 : 1), event,
             "dead, but not alive before (learned dead, but alive)");
      expect(peer.dead.insert(member).second, event, "dead twice over");
      return;
    }
    default:
      expect(peer.alive.erase(member) + peer.dead.erase(member) == 1, event,
             "forgotten, but not known");
  }
}

void Checker::on_block(const TraceEvent& event, PeerState& peer) {
  if (event.kind == TraceKind::kBlockReceived) {
    // State transfer does not look into the stores, and orderers give again what is not committed.
    const auto origin = static_cast<BlockOrigin>(event.detail);
    if (origin == BlockOrigin::kState || origin == BlockOrigin::kDeliver) return;
    expect(peer.accepted.insert({event.channel, event.value}).second, event, "block taken twice");
    return;
  }
  // The genesis block is there from the beginning.
  std::uint64_t& height = peer.height.emplace(event.channel, 1).first->second;
  expect(event.value == height, event, "a commit out of order");
  height = std::max(height, event.value + 1);
}

void Checker::on_connection(const TraceEvent& event, PeerState& peer) {
  if (event.kind == TraceKind::kConnectionOpened) {
    expect(peer.connected.insert(event.other).second, event, "a second connection");
  } else {
    expect(peer.connected.erase(event.other) == 1, event, "closed, but not open");
  }
}

void Checker::on_message(const TraceEvent& event) {
  // Who drops may be either end, so the ends of a pair are one.
  Traffic& traffic =
      traffic_[{std::min(event.peer, event.other), std::max(event.peer, event.other), event.type}];
  if (event.kind == TraceKind::kMessageSent) {
    ++traffic.sent;
  } else if (event.kind == TraceKind::kMessageDelivered) {
    ++traffic.delivered;
    expect(traffic.delivered <= traffic.sent, event, "delivered, but never sent");
  } else {
    ++traffic.dropped;
    expect(event.detail < kDropReasons, event, "dropped without a reason");
  }
}

void Checker::check_nothing_vanished() {
  for (const auto& [key, traffic] : traffic_) {
    // What is dropped before it is sent counts as dropped only, hence the inequality.
    if (traffic.sent <= traffic.delivered + traffic.dropped) continue;
    const auto& [a, b, type] = key;
    report(fmt::format("between {} and {} {} of {} {} vanished", raw(a), raw(b),
                       traffic.sent - traffic.delivered - traffic.dropped, traffic.sent,
                       type_name(static_cast<MessageType>(type))));
  }
}

void Checker::inspect(const sim::Cluster& cluster) {
  for (std::size_t i = 0; i < cluster.size(); ++i)
    inspect_peer(cluster, peer_index(i));
}

void Checker::inspect_peer(const sim::Cluster& cluster, PeerIndex p) {
  const PeerState& traced = peers_[p];
  for (const auto& [channel, height] : traced.height) {
    const sim::ChainStore* chain = cluster.chain(p, channel);
    if (chain == nullptr || chain->height() != height) {
      report(fmt::format("peer {}: its ledger is not {} high", raw(p), height));
      continue;
    }
    for (std::uint64_t n = 0; n < height; ++n) {
      const std::uint64_t bytes = chain->fingerprint(n);
      if (blocks_.emplace(std::pair(channel, n), bytes).first->second != bytes) {
        report(fmt::format("peer {}: its block {} has other bytes", raw(p), n));
      }
    }
  }
  const sim::GossipPeer* peer = cluster.peer(p);
  if (peer == nullptr) return;
  const View& view = peer->node().view();
  std::set<PeerIndex> alive;
  view.alive_set().for_each([&](PeerIndex m) { alive.insert(m); });
  if (alive != traced.alive) {
    report(fmt::format("peer {}: its view is not what it traced ({} alive, traced {})", raw(p),
                       alive.size(), traced.alive.size()));
  }
  for (const PeerIndex m : alive) {
    if (view.dead(m)) report(fmt::format("peer {}: {} is alive and dead", raw(p), raw(m)));
    if (m == p) report(fmt::format("peer {}: sees itself", raw(p)));
  }
}

}  // namespace hearsay::test
