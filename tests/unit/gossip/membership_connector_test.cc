// Connector: attempts, pauses, acks and whom it accepts. Spec discovery.md 9.1, 9.2, 13.
#include "core/gossip/membership_connector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/membership_net.h"

namespace hearsay::test {
namespace {

using namespace literals;
using testing::ElementsAre;
using Net = MembershipNet;

class ConnectorTest : public testing::Test {
 protected:
  ConnectorTest() { net_.options.latency = 0; }

  void start() { net_.start(me_); }
  void run_to(Time t) { net_.run_for(t - net_.clock.now()); }
  Membership& membership() { return net_.at(me_); }
  std::vector<Time> handshake_times() const {
    std::vector<Time> times;
    for (const Contacted& h : net_.handshakes)
      times.push_back(h.time);
    return times;
  }
  std::vector<Time> request_times() const {
    std::vector<Time> times;
    for (const Sent& s : requests())
      times.push_back(s.time);
    return times;
  }
  std::vector<Sent> requests() const { return net_.sent_of(me_, ContentKind::kMemReq); }
  static const EnvelopeRef& self_info(const Sent& request) {
    return request.envelope->message().get<MembershipRequest>()->self_information;
  }

  Net net_;
  const PeerIndex me_ = net_.add("A", "me:1", "me.ext:1");
  const PeerIndex mate_ = net_.add("A", "mate:1", "mate.ext:1");
  const PeerIndex foreign_ = net_.add("B", "foreign:1", "foreign.ext:1");
};

TEST_F(ConnectorTest, an_unreachable_bootstrap_is_tried_every_reconnect_interval_up_to_the_limit) {
  net_.options.config.max_connection_attempts = 4;
  start();
  membership().connect_bootstrap("mate:1");
  run_to(1000_s);
  EXPECT_THAT(handshake_times(), ElementsAre(0, 25_s, 50_s, 75_s));
  EXPECT_TRUE(net_.sent.empty());
}

TEST_F(ConnectorTest, an_unanswered_request_is_repeated_unchanged_every_30_s_up_to_the_limit) {
  net_.options.config.max_connection_attempts = 3;
  net_.lets_pass = [](const Sent&) { return false; };
  start();
  net_.start(mate_);
  membership().connect_bootstrap("mate:1");
  run_to(1000_s);
  EXPECT_THAT(request_times(), ElementsAre(0, 30_s, 60_s));
  EXPECT_THAT(handshake_times(), ElementsAre(0)) << "no re-identification";
  for (const Sent& s : requests()) {
    EXPECT_EQ(s.envelope, requests()[0].envelope) << "same nonce, same stamp";
    EXPECT_EQ(s.to, mate_);
    EXPECT_EQ(s.endpoint, "mate:1");
  }
  EXPECT_NE(requests()[0].envelope->message().nonce, 0u);
}

TEST_F(ConnectorTest, a_response_with_the_nonce_ends_it_whatever_its_content) {
  net_.lets_pass = [](const Sent&) { return false; };
  start();
  net_.start(mate_);
  membership().connect_bootstrap("mate:1");
  run_to(4_s);
  const std::uint64_t nonce = requests().at(0).envelope->message().nonce;
  net_.deliver(me_, foreign_, Net::response({}, {}, nonce + 1));
  run_to(31_s);
  EXPECT_EQ(requests().size(), 2u) << "another nonce is no ack";
  const std::size_t timers = net_.clock.timers_armed();
  net_.deliver(me_, foreign_, Net::response({Net::response({})}, {}, nonce));
  EXPECT_EQ(net_.clock.timers_armed(), timers - 1);
  run_to(1000_s);
  EXPECT_EQ(requests().size(), 2u);
}

TEST_F(ConnectorTest, a_response_during_the_pause_is_not_noticed) {
  net_.lets_pass = [](const Sent&) { return false; };
  start();
  net_.start(mate_);
  membership().connect_bootstrap("mate:1");
  run_to(10_s);
  net_.deliver(me_, mate_, Net::response({}, {}, requests().at(0).envelope->message().nonce));
  run_to(40_s);
  EXPECT_THAT(request_times(), ElementsAre(0, 30_s));
}

TEST_F(ConnectorTest, a_bootstrap_of_another_org_is_a_failure) {
  start();
  net_.start(foreign_);
  membership().connect_bootstrap("foreign.ext:1");
  run_to(30_s);
  EXPECT_THAT(handshake_times(), ElementsAre(0, 25_s));
  EXPECT_TRUE(net_.sent.empty());
}

TEST_F(ConnectorTest, an_anchor_of_our_org_that_belongs_to_another_is_a_failure) {
  start();
  net_.start(foreign_);
  membership().connect_anchor("foreign.ext:1", net_.org("A"));
  run_to(30_s);
  EXPECT_THAT(handshake_times(), ElementsAre(0, 25_s));
  EXPECT_TRUE(net_.sent.empty());
}

TEST_F(ConnectorTest, an_anchor_of_another_org_may_be_anybodys_and_only_its_identity_decides) {
  start();
  net_.start(foreign_);
  net_.start(mate_);
  membership().connect_anchor("foreign.ext:1", net_.org("C"));
  membership().connect_anchor("mate.ext:1", net_.org("C"));
  run_to(1_s);
  ASSERT_EQ(requests().size(), 2u);
  EXPECT_EQ(self_info(requests()[0])->secret(), nullptr);
  EXPECT_EQ(self_info(requests()[1])->internal_endpoint(), "me:1");
}

TEST_F(ConnectorTest, anchors_without_host_or_port_and_our_own_are_skipped) {
  start();
  for (const char* endpoint : {":7051", "host:0", "host", "", "me:1", "me.ext:1", "localhost:1"}) {
    membership().connect_anchor(endpoint, net_.org("A"));
  }
  run_to(1_s);
  EXPECT_TRUE(net_.handshakes.empty());
}

TEST_F(ConnectorTest, a_hidden_peer_skips_foreign_anchors) {
  const PeerIndex hidden = net_.add("A", "hidden:1");
  net_.start(hidden);
  net_.at(hidden).connect_anchor("foreign.ext:1", net_.org("B"));
  EXPECT_TRUE(net_.handshakes.empty());
  net_.at(hidden).connect_anchor("mate:1", net_.org("A"));
  EXPECT_EQ(net_.handshakes.size(), 1u);
}

TEST_F(ConnectorTest, the_empty_endpoint_is_our_own_only_for_a_hidden_peer) {
  const PeerIndex hidden = net_.add("A", "hidden:1");
  net_.start(hidden);
  net_.at(hidden).connect_bootstrap("");
  EXPECT_TRUE(net_.handshakes.empty());
  start();
  membership().connect_bootstrap("");
  EXPECT_EQ(net_.handshakes.size(), 1u);
}

TEST_F(ConnectorTest, without_a_signature_the_attempts_follow_at_once) {
  net_.options.config.max_connection_attempts = 7;
  start();
  net_.start(mate_);
  net_.crypto(me_).signs_left = 0;
  membership().connect_bootstrap("mate:1");
  run_to(1_s);
  EXPECT_EQ(net_.handshakes.size(), 7u);
  EXPECT_TRUE(net_.sent.empty());
  EXPECT_EQ(membership().sequence(), 7u) << "each attempt took a number";
}

TEST_F(ConnectorTest, calls_are_not_deduplicated) {
  start();
  net_.start(mate_);
  membership().connect_bootstrap("mate:1");
  membership().connect_bootstrap("mate:1");
  run_to(1_s);
  EXPECT_EQ(net_.handshakes.size(), 2u);
  ASSERT_EQ(requests().size(), 2u);
  EXPECT_NE(requests()[0].envelope->message().nonce, requests()[1].envelope->message().nonce);
}

TEST_F(ConnectorTest, each_contact_takes_its_own_answer) {
  start();
  net_.start(foreign_);
  net_.start(mate_);
  membership().connect_bootstrap("nobody:1");
  membership().connect_bootstrap("mate:1");
  run_to(1_s);
  ASSERT_EQ(requests().size(), 1u);
  EXPECT_EQ(requests()[0].to, mate_);
  EXPECT_TRUE(net_.view(me_).alive(mate_));
  // Late and repeated answers are nobody's.
  membership().on_handshake_done(1, mate_, true);
  membership().on_handshake_done(0, mate_, true);
  membership().on_handshake_done(77, mate_, true);
  run_to(2_s);
  EXPECT_EQ(requests().size(), 1u);
}

TEST_F(ConnectorTest, stop_ends_all_attempts) {
  net_.lets_pass = [](const Sent&) { return false; };
  start();
  net_.start(mate_);
  membership().connect_bootstrap("nobody:1");
  membership().connect_bootstrap("mate:1");
  run_to(10_s);
  net_.stop(me_);
  net_.stop(mate_);
  EXPECT_EQ(net_.clock.timers_armed(), 0u);
  run_to(100_s);
  EXPECT_EQ(net_.handshakes.size(), 2u);
}

}  // namespace
}  // namespace hearsay::test
