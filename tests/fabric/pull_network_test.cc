// Identity pull between whole nodes (spec pull.md section 12, statement 20).
#include <gtest/gtest.h>

#include "tests/support/node_net.h"

namespace hearsay::test {
namespace {

using namespace literals;
using Peers = std::vector<PeerIndex>;

std::size_t count(const NodeNet& net, TraceKind kind, PeerIndex peer, MessageType type) {
  return static_cast<std::size_t>(
      std::ranges::count_if(net.sink.events, [&](const TraceEvent& event) {
        return event.kind == kind && event.peer == peer && event.type == raw(type);
      }));
}

TEST(PullNetwork, S20_an_identity_that_is_held_is_asked_for_again_only_after_it_was_purged) {
  Config config = profile_1();
  config.pull_interval = 1_s;
  config.digest_wait_time = 150_ms;
  config.request_wait_time = 300_ms;
  config.response_wait_time = 300_ms;
  config.pull_peer_num = 1;
  NodeNet net(config);
  const PeerIndex a = net.add();
  const Peers others = net.add_many(2, {net.internal(a)});
  const PeerIndex b = others[0], c = others[1];
  const auto requests = [&] {
    return count(net, TraceKind::kMessageSent, a,
                 message_type(ContentKind::kDataReq, PullMsgType::kIdentity));
  };
  net.start({a, b, c});
  const auto whole = [&](PeerIndex peer) {
    return net.node(peer).identity_pull().advertised().count() == 3;
  };
  ASSERT_TRUE(net.run_until([&] { return whole(a) && whole(b) && whole(c); }));
  const std::size_t before = requests();
  net.run_for(5_s);
  EXPECT_EQ(requests(), before);

  net.crypto.revoke(net.identity(b));
  net.node(a).suspect_peers([](std::string_view) { return true; });
  EXPECT_FALSE(net.node(a).identity_pull().advertised().test(b));
  // The other one has not been told, and goes on to advertise it.
  net.run_for(5_s);
  EXPECT_GT(requests(), before);
  EXPECT_FALSE(net.node(a).identities().holds(b));
  EXPECT_FALSE(net.node(a).identity_pull().advertised().test(b));
}

}  // namespace
}  // namespace hearsay::test
