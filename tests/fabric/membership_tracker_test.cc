// Statement 23 of spec channel.md section 16: the seven cases of Fabric's membership tracker tests,
// and the quirk of section 14.
#include "core/gossip/membership_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/bare_node.h"
#include "tests/support/messages.h"

namespace hearsay::test {
namespace {

using namespace literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kNobodyLooked = 99;

struct MembershipTrackerTest : testing::Test, MembershipTracker::Owner {
  MembershipTrackerTest() {
    node.directory.intern_channel("ch1");
    for (const char* name : {"a", "b", "c", "d"})
      peers.push_back(add(name, std::string(name) + ":1"));
  }

  PeerIndex add(const std::string& name, const std::string& endpoint) {
    const std::string identity = fake_identity("org1", name);
    const std::string pki_id = pki_id_of_identity(identity);
    const PeerIndex p = node.directory.intern_peer(pki_id, identity, OrgIndex{0});
    AliveMessage alive;
    alive.membership = Member{endpoint, "", pki_id};
    alive.timestamp = PeerTime{1, 1};
    view.learn(p, MemberState::kAlive, sealed(Tag::kEmpty, "", std::move(alive)), 0);
    return p;
  }
  // The peers of these letters are there until the next call.
  void see(std::string_view letters) {
    present.clear_all();
    for (const char c : letters)
      present.set(peers[static_cast<std::size_t>(c - 'a')]);
  }
  // The next look: its line ("" for none), and the gauge.
  std::pair<std::string, std::uint64_t> look() {
    line.clear();
    node.clock.run_for(5_s);
    const Gauge* gauge =
        node.context.metrics.find_gauge(Metric::kMembershipTotalPeersKnown, ChannelIndex{0});
    return {line, gauge == nullptr ? kNobodyLooked : gauge->value()};
  }
  // From one set to another.
  std::pair<std::string, std::uint64_t> change(std::string_view before, std::string_view after) {
    see(before);
    tracker.look_anew();
    see(after);
    return look();
  }

  void collect_peers(IndexBits& out) const override {
    present.for_each([&](PeerIndex p) { out.set(p); });
  }
  void on_view_changed(const ChannelViewChange& change) override { line = tracker.line(change); }

  BareNode node;
  View view;
  IndexBits present;
  std::vector<PeerIndex> peers;
  std::string line;
  MembershipTracker tracker{node.context, view, ChannelIndex{0}, *this};
};

using Look = std::pair<std::string, std::uint64_t>;

TEST_F(MembershipTrackerTest, S23_no_change) { EXPECT_EQ(change("abc", "abc"), Look("", 3)); }
TEST_F(MembershipTrackerTest, S23_one_is_added) {
  EXPECT_EQ(change("a", "ab"),
            Look("[ch1] peers went online: [[b:1 ]], current view: [[a:1 ] [b:1 ]]", 2));
}
TEST_F(MembershipTrackerTest, S23_one_is_replaced_and_one_stays) {
  EXPECT_EQ(change("ab", "bc"), Look("[ch1] peers went offline: [[a:1 ]], peers went online: "
                                     "[[c:1 ]], current view: [[b:1 ] [c:1 ]]",
                                     2));
}
TEST_F(MembershipTrackerTest, S23_all_are_replaced) {
  EXPECT_EQ(change("a", "b"), Look("[ch1] peers went offline: [[a:1 ]], peers went online: "
                                   "[[b:1 ]], current view: [[b:1 ]]",
                                   1));
}
TEST_F(MembershipTrackerTest, S23_the_first_one_comes) {
  EXPECT_EQ(change("", "a"), Look("[ch1] peers went online: [[a:1 ]], current view: [[a:1 ]]", 1));
}
TEST_F(MembershipTrackerTest, S23_the_last_one_goes) {
  EXPECT_EQ(change("a", ""), Look("[ch1] peers went offline: [[a:1 ]], current view: []", 0));
}
TEST_F(MembershipTrackerTest, S23_one_of_three_goes) {
  EXPECT_EQ(change("abc", "ac"),
            Look("[ch1] peers went offline: [[b:1 ]], current view: [[a:1 ] [c:1 ]]", 2));
}

TEST_F(MembershipTrackerTest, S23_stopped_it_looks_no_more) {
  change("", "a");
  tracker.stop();
  const std::size_t before = node.sink.events.size();
  node.clock.run_for(60_s);
  EXPECT_EQ(node.sink.events.size(), before);
}

TEST_F(MembershipTrackerTest, nothing_is_reported_before_the_first_tick) {
  see("ab");
  node.clock.run_for(5_s - 1);
  EXPECT_THAT(node.sink.events, IsEmpty());
}

// Quirk of section 14: told apart by endpoints.
TEST_F(MembershipTrackerTest, a_peer_that_is_back_under_another_pki_id_is_not_reported) {
  peers.push_back(add("a2", "a:1"));
  EXPECT_EQ(change("ab", "be"), Look("", 2));
  EXPECT_EQ(node.sink.events.back().detail, static_cast<std::uint8_t>(ViewReport::kNothing));
  EXPECT_EQ(node.sink.events.back().size, 1u);
}

TEST_F(MembershipTrackerTest, who_was_forgotten_since_is_named_by_what_the_store_remembers) {
  const EnvelopeRef alive = view.message(peers[0]);
  view.store_add(peers[0], alive, 0, 3600_s);
  see("a");
  tracker.look_anew();
  see("");
  view.forget(peers[0]);
  EXPECT_EQ(look().first, "[ch1] peers went offline: [[a:1 ]], current view: []");
}

}  // namespace
}  // namespace hearsay::test
