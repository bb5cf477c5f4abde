// Nodes that consist of a channel and its state provider, with the ledger in the test's hands; and
// scripted peers that answer, or do not answer, requests for blocks.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/gossip/state_provider.h"
#include "tests/fabric/comm_fixture.h"
#include "tests/support/fake_ledger.h"
#include "tests/support/forge.h"

namespace hearsay::state_test {

using comm_test::CommNode;
using comm_test::CommWorld;
using comm_test::RawPeer;

inline constexpr const char* kChannel = "ch";

// Who stands in a message, and whose key signs it.
struct Signer {
  PeerIndex self;
  const MessageCrypto& crypto;
  std::string endpoint;
};

inline GossipMessage state_message(std::uint64_t nonce, Content content) {
  GossipMessage message = test::with_tag(Tag::kChanOrOrg, std::move(content), kChannel);
  message.nonce = nonce;
  return message;
}

// A state response with these blocks.
inline EnvelopeRef response(std::uint64_t nonce, std::vector<Payload> payloads) {
  return Envelope::unsigned_of(state_message(nonce, RemoteStateResponse{std::move(payloads)}));
}
// Blocks first..last.
inline std::vector<Payload> blocks(BlockNum first, BlockNum last) {
  std::vector<Payload> payloads;
  for (BlockNum n = first; n <= last; ++n)
    payloads.push_back(fake_payload(n));
  return payloads;
}

class StateNode final : private Gossiper, private ChannelListener, private LedgerHandler {
 public:
  StateNode(CommWorld& w, const std::string& name, BlockNum height)
      : world(w),
        node(w, "org1", name, name + ":1"),
        channel({node.context, view, node.identities, node.comm, *this, *this},
                w.directory.intern_channel(kChannel),
                {0, {w.directory.intern_org("org1"), w.directory.intern_org("org2")}}),
        ledger(w.clock, *this, channel.index(), height) {
    node.on_message = [this](const Received& r) {
      if (state && StateProvider::takes(r.envelope->kind())) state->on_message(r);
    };
    state = StateProvider::make({node.context, view, channel, node.comm, ledger});
  }

  ~StateNode() { world.net.crash(node.where); }

  Signer signer() const { return {node.self, node.crypto, node.where}; }

  // Learns of a member, or that a member's ledger is now so high; without Properties if nullopt.
  void hears_of(const Signer& who, std::optional<BlockNum> height) {
    const Directory& names = world.directory;
    node.identities.put(names.pki_id(who.self), names.identity(who.self));
    const test::Persona persona{names.pki_id(who.self), names.identity(who.self), who.endpoint,
                                who.endpoint};
    const PeerTime stamp{1, ++stamps_};
    if (!view.known(who.self)) {
      view.learn(who.self, MemberState::kAlive,
                 test::signed_by(who.crypto, test::alive_message(persona, stamp), who.endpoint),
                 world.clock.now());
    }
    GossipMessage info = test::state_info(persona, kChannel, stamp, height.value_or(0));
    if (!height) std::get<StateInfo>(info.content).properties.reset();
    channel.on_message({kNoConn, who.self, test::signed_by(who.crypto, info)});
  }

  BlockNum height() const { return ledger.blocks.size(); }
  // What this node advertises of its ledger.
  BlockNum advertised() {
    channel.update_chaincodes({});
    return channel.self()->message().get<StateInfo>()->properties->ledger_height;
  }
  std::size_t rejected(RejectReason reason) const {
    return node.traced(TraceKind::kMessageRejected, reason);
  }
  std::size_t rounds_ended(CatchUpEnd how) const {
    return node.traced(TraceKind::kCatchUpEnded, how);
  }
  std::vector<BlockNum> numbers(TraceKind kind) const {
    std::vector<BlockNum> found;
    for (const TraceEvent& e : world.sink.events) {
      if (e.peer == node.self && e.kind == kind) found.push_back(e.value);
    }
    return found;
  }

  CommWorld& world;
  CommNode node;
  View view;
  Channel channel;
  FakeLedger ledger;
  std::unique_ptr<StateProvider> state;
  bool died = false;
  std::function<void(BlockNum)> on_commit;

 private:
  void gossip(const EnvelopeRef&) override {}
  void forward(const EnvelopeRef&, PeerIndex) override {}
  void on_block(ChannelIndex, const Received&, BlockOrigin) override {}
  void on_leadership(ChannelIndex, const Received&) override {}
  void on_state_info(ChannelIndex, const Received&) override {}
  void on_committed(ChannelIndex, BlockNum number) override {
    state->on_committed(number);
    if (on_commit) on_commit(number);
  }
  void on_commit_failed(ChannelIndex, BlockNum number, CommitFailure failure) override {
    if (!state->on_commit_failed(number, failure)) died = true;
  }

  std::uint64_t stamps_ = 0;
};

// A peer that notes the requests it gets and answers as the test says.
class Helper {
 public:
  struct Request {
    Time at;
    ConnId conn;
    std::uint64_t nonce;
    BlockNum start;
    BlockNum end;
  };

  Helper(CommWorld& w, const std::string& name, const std::string& org = "org1")
      : raw(w, org, name, name + ":1"), endpoint(name + ":1") {
    raw.greeting = {raw.hello()};
    raw.heard = [this, &w](ConnId conn, const Envelope& frame) {
      const auto* range = frame.message().get<RemoteStateRequest>();
      if (range == nullptr) return;
      requests.push_back(
          {w.clock.now(), conn, frame.message().nonce, range->start_seq_num, range->end_seq_num});
      if (answer) answer(requests.back());
    };
  }

  ~Helper() { raw.world.net.crash(endpoint); }

  Signer signer() const { return {raw.self, raw.crypto, endpoint}; }
  void write(ConnId conn, const EnvelopeRef& frame) { raw.transport.write(conn, frame); }
  // Answers each request with what a ledger of this height has of it.
  void serve(BlockNum height) {
    answer = [this, height](const Request& r) {
      write(r.conn,
            response(r.nonce, r.start < height ? blocks(r.start, std::min(r.end, height - 1))
                                               : std::vector<Payload>{}));
    };
  }
  std::vector<std::pair<BlockNum, BlockNum>> ranges() const {
    std::vector<std::pair<BlockNum, BlockNum>> found;
    for (const Request& r : requests)
      found.emplace_back(r.start, r.end);
    return found;
  }

  RawPeer raw;
  const std::string endpoint;
  std::function<void(const Request&)> answer;
  std::vector<Request> requests;
};

// One such node, "self".
struct StateTest : testing::Test {
  // With the blocks below `height`; in the place of the one before.
  StateNode& make(BlockNum height) {
    node.reset();
    node = std::make_unique<StateNode>(world, "self", height);
    return *node;
  }
  void run(Duration d) { world.clock.run_for(d); }

  CommWorld world;
  std::unique_ptr<StateNode> node;
};

}  // namespace hearsay::state_test
