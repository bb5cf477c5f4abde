// View: rows, endpoints, death, and the alive store against a plain list as Fabric's.
#include "core/gossip/view.h"

#include <list>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/random.h"
#include "tests/support/membership_net.h"

namespace hearsay::test {
namespace {

using namespace literals;
using testing::ElementsAre;
using testing::IsEmpty;

class ViewTest : public testing::Test {
 protected:
  EnvelopeRef alive(PeerIndex p, const AliveParts& parts) const { return net_.alive(p, parts); }

  MembershipNet net_;
  const std::vector<PeerIndex> p_ = net_.add_many("org1", "p", 8);
  View view_;
};

TEST_F(ViewTest, nobody_is_known_at_first_and_any_index_may_be_asked) {
  for (const PeerIndex p : {p_[0], p_[7], PeerIndex{1'000'000}, kNoPeer}) {
    EXPECT_FALSE(view_.alive(p) || view_.dead(p) || view_.known(p));
    EXPECT_FALSE(view_.message(p));
    EXPECT_EQ(view_.preferred_endpoint(p), "");
    EXPECT_TRUE(view_.store_admits(p, *alive(p_[0], {})));
    EXPECT_FALSE(view_.stored(p));
  }
}

TEST_F(ViewTest, a_row_takes_32_bytes) {
  View big;
  big.reserve(10'000);
  EXPECT_EQ(big.memory_bytes(), 320'000u);
}

TEST_F(ViewTest, learn_bury_refresh_forget_move_a_peer_between_exactly_these_states) {
  const PeerIndex p = p_[3];
  view_.learn(p, MemberState::kAlive, alive(p, {.seq = 1}), 10);
  EXPECT_TRUE(view_.alive(p) && view_.known(p) && !view_.dead(p));
  view_.bury(p);
  EXPECT_TRUE(!view_.alive(p) && view_.known(p) && view_.dead(p));
  EXPECT_EQ(view_.message(p)->stamp().seq_num, 1u) << "message and time stay";
  EXPECT_EQ(view_.last_seen(p), 10);
  view_.refresh(p, alive(p, {.seq = 2}), 20);
  EXPECT_TRUE(view_.alive(p) && !view_.dead(p));
  EXPECT_EQ(view_.last_seen(p), 20);
  EXPECT_TRUE(view_.forget(p));
  EXPECT_FALSE(view_.alive(p) || view_.dead(p) || view_.known(p));
  EXPECT_FALSE(view_.forget(p));
  view_.learn(p, MemberState::kDead, alive(p, {.seq = 3}), 30);
  EXPECT_TRUE(!view_.alive(p) && view_.dead(p));
}

TEST_F(ViewTest, preferred_endpoint_is_the_internal_one_else_the_external) {
  view_.learn(p_[1], MemberState::kAlive, alive(p_[1], {.endpoint = "out:1", .internal = "in:1"}),
              0);
  view_.learn(p_[2], MemberState::kAlive, alive(p_[2], {.endpoint = "out:2"}), 0);
  EXPECT_EQ(view_.preferred_endpoint(p_[1]), "in:1");
  EXPECT_EQ(view_.external_endpoint(p_[1]), "out:1");
  EXPECT_EQ(view_.preferred_endpoint(p_[2]), "out:2");
  EXPECT_EQ(view_.internal_endpoint(p_[2]), "");
}

TEST_F(ViewTest, an_external_endpoint_is_there_as_long_as_the_last_message_names_one) {
  const PeerIndex p = p_[1];
  EXPECT_FALSE(view_.has_external_endpoint(p));
  EXPECT_FALSE(view_.has_external_endpoint(kNoPeer));
  view_.learn(p, MemberState::kAlive, alive(p, {.seq = 1, .endpoint = "out:1"}), 0);
  EXPECT_TRUE(view_.has_external_endpoint(p));
  view_.refresh(p, alive(p, {.seq = 2, .endpoint = ""}), 1);
  EXPECT_FALSE(view_.has_external_endpoint(p));
  view_.refresh(p, alive(p, {.seq = 3, .endpoint = "out:3"}), 2);
  view_.bury(p);
  EXPECT_TRUE(view_.has_external_endpoint(p));
  view_.forget(p);
  EXPECT_FALSE(view_.has_external_endpoint(p));
}

TEST_F(ViewTest, a_message_without_secret_keeps_the_internal_endpoint_known_before) {
  const PeerIndex p = p_[1];
  view_.learn(p, MemberState::kAlive, alive(p, {.seq = 1, .internal = "in:1"}), 0);
  view_.refresh(p, alive(p, {.seq = 2}), 1);
  EXPECT_EQ(view_.internal_endpoint(p), "in:1");
  view_.refresh(p, alive(p, {.seq = 3}), 2);
  EXPECT_EQ(view_.internal_endpoint(p), "in:1") << "also the second time";
  view_.bury(p);
  view_.refresh(p, alive(p, {.seq = 4}), 3);
  EXPECT_EQ(view_.internal_endpoint(p), "in:1") << "and across death";
  view_.refresh(p, alive(p, {.seq = 5, .internal = "in:2"}), 4);
  EXPECT_EQ(view_.internal_endpoint(p), "in:2");
  view_.refresh(p, alive(p, {.seq = 6, .internal = ""}), 5);
  EXPECT_EQ(view_.internal_endpoint(p), "") << "a secret replaces it even by nothing";
}

TEST_F(ViewTest, a_forgotten_peer_is_learned_without_its_former_internal_endpoint) {
  const PeerIndex p = p_[1];
  view_.learn(p, MemberState::kAlive, alive(p, {.seq = 1, .internal = "in:1"}), 0);
  view_.refresh(p, alive(p, {.seq = 2}), 1);
  view_.forget(p);
  view_.learn(p, MemberState::kAlive, alive(p, {.seq = 3}), 2);
  EXPECT_EQ(view_.internal_endpoint(p), "");
}

TEST_F(ViewTest, the_internal_endpoint_of_a_record_wins_over_the_secret) {
  const PeerIndex p = p_[1];
  view_.learn(p, MemberState::kRecordOnly, alive(p, {.seq = 1}), 0);
  view_.learn(p, MemberState::kAlive, alive(p, {.seq = 2, .internal = "in:1"}), 1);
  EXPECT_EQ(view_.internal_endpoint(p), "");
  view_.refresh(p, alive(p, {.seq = 3, .internal = "in:1"}), 2);
  EXPECT_EQ(view_.internal_endpoint(p), "in:1");
}

TEST_F(ViewTest, silent_peers_are_those_seen_strictly_more_than_the_timeout_ago) {
  view_.learn(p_[1], MemberState::kAlive, alive(p_[1], {}), 0);
  view_.learn(p_[2], MemberState::kAlive, alive(p_[2], {}), 5_s);
  view_.learn(p_[3], MemberState::kDead, alive(p_[3], {}), 0);
  std::vector<PeerIndex> silent;
  view_.find_silent(25_s, 25_s, silent);
  EXPECT_THAT(silent, IsEmpty());
  view_.find_silent(25_s + 1, 25_s, silent);
  EXPECT_THAT(silent, ElementsAre(p_[1]));
  silent.clear();
  view_.find_silent(25_s + 2, 25_s, silent);
  EXPECT_THAT(silent, ElementsAre(p_[1])) << "until somebody acts on it";
  view_.refresh(p_[1], alive(p_[1], {.seq = 2}), 26_s);
  silent.clear();
  view_.find_silent(31_s, 25_s, silent);
  EXPECT_THAT(silent, ElementsAre(p_[2]));
}

TEST_F(ViewTest, an_expired_entry_is_hidden_but_refuses_until_twice_the_ttl) {
  const Duration ttl = 100_s;
  std::vector<PeerIndex> expired;
  const EnvelopeRef message = alive(p_[1], {.seq = 5});
  view_.store_add(p_[1], message, 0, ttl);
  view_.sweep_store(ttl, ttl, expired);
  EXPECT_THAT(expired, IsEmpty()) << "not yet at exactly the TTL";
  view_.sweep_store(ttl + 1, ttl, expired);
  EXPECT_THAT(expired, ElementsAre(p_[1]));
  EXPECT_FALSE(view_.stored(p_[1]));
  EXPECT_FALSE(view_.store_admits(p_[1], *message));
  EXPECT_FALSE(view_.store_admits(p_[1], *alive(p_[1], {.seq = 4})));
  EXPECT_TRUE(view_.store_admits(p_[1], *alive(p_[1], {.seq = 6})));
  expired.clear();
  view_.sweep_store(2 * ttl, ttl, expired);
  EXPECT_TRUE(view_.store_entry(p_[1]));
  view_.sweep_store(2 * ttl + 1, ttl, expired);
  EXPECT_THAT(expired, IsEmpty()) << "the callback runs once";
  EXPECT_FALSE(view_.store_entry(p_[1]));
  EXPECT_TRUE(view_.store_admits(p_[1], *alive(p_[1], {.seq = 4}))) << "old news is news again";
}

TEST_F(ViewTest, an_entry_takes_one_step_per_sweep) {
  const Duration ttl = 100_s;
  std::vector<PeerIndex> expired;
  view_.store_add(p_[1], alive(p_[1], {}), 0, ttl);
  view_.sweep_store(5 * ttl, ttl, expired);
  EXPECT_THAT(expired, ElementsAre(p_[1]));
  EXPECT_TRUE(view_.store_entry(p_[1]));
  view_.sweep_store(5 * ttl, ttl, expired);
  EXPECT_FALSE(view_.store_entry(p_[1]));
}

// Fabric's store: a list scanned with the comparator, and a sweep over all of it.
class ListStore {
 public:
  bool admits(PeerIndex p, PeerTime stamp) const {
    for (const Entry& e : entries_) {
      if (e.peer == p && stamp <= e.stamp) return false;
    }
    return true;
  }
  bool add(PeerIndex p, PeerTime stamp, Time now) {
    if (!admits(p, stamp)) return false;
    entries_.remove_if([p](const Entry& e) { return e.peer == p; });
    entries_.push_back({p, stamp, now, false});
    return true;
  }
  std::vector<PeerIndex> sweep(Time now, Duration ttl) {
    std::vector<PeerIndex> expired;
    for (auto it = entries_.begin(); it != entries_.end();) {
      if (!it->expired && now - it->created > ttl) {
        it->expired = true;
        expired.push_back(it->peer);
      } else if (it->expired && now - it->created > 2 * ttl) {
        it = entries_.erase(it);
        continue;
      }
      ++it;
    }
    std::sort(expired.begin(), expired.end());
    return expired;
  }
  bool shows(PeerIndex p) const {
    return std::any_of(entries_.begin(), entries_.end(),
                       [p](const Entry& e) { return e.peer == p && !e.expired; });
  }

 private:
  struct Entry {
    PeerIndex peer;
    PeerTime stamp;
    Time created;
    bool expired;
  };
  std::list<Entry> entries_;
};

TEST_F(ViewTest, the_rows_behave_as_fabrics_list_store_whatever_comes) {
  Random random = Random::root(42);
  ListStore reference;
  const Duration ttl = 10_s;
  Time now = 0;
  int added = 0;
  int expirations = 0;
  for (int step = 0; step < 20'000; ++step) {
    now += random.below(400) * kMillisecond;
    const PeerIndex p = p_[random.below(8)];
    const PeerTime stamp{random.below(static_cast<std::uint32_t>(now / 100_s + 2)),
                         random.below(50)};
    const EnvelopeRef message = alive(p, {.inc = stamp.inc_num, .seq = stamp.seq_num});
    ASSERT_EQ(view_.store_admits(p, *message), reference.admits(p, stamp)) << step;
    if (reference.add(p, stamp, now)) {
      ++added;
      view_.store_add(p, message, now, ttl);
    }
    if (random.below(3) == 0) {
      std::vector<PeerIndex> expired;
      view_.sweep_store(now, ttl, expired);
      ASSERT_EQ(expired, reference.sweep(now, ttl)) << step;
      expirations += static_cast<int>(expired.size());
    }
    for (const PeerIndex q : p_)
      ASSERT_EQ(bool(view_.stored(q)), reference.shows(q)) << step;
  }
  EXPECT_GT(added, 200);
  EXPECT_GT(expirations, 100);
}

TEST_F(ViewTest, skipped_scans_for_silence_miss_nobody) {
  Random random = Random::root(43);
  std::map<PeerIndex, Time> seen;
  Time now = 0;
  std::size_t buried = 0;
  for (int step = 0; step < 20'000; ++step) {
    now += random.below(300) * kMillisecond;
    const PeerIndex p = p_[random.below(8)];
    if (random.below(6) == 0) {
      const EnvelopeRef message = alive(p, {});
      if (view_.known(p)) {
        view_.refresh(p, message, now);
      } else {
        view_.learn(p, MemberState::kAlive, message, now);
      }
      seen[p] = now;
    } else if (random.below(20) == 0) {
      view_.forget(p);
      seen.erase(p);
    } else if (random.below(2) == 0) {
      std::vector<PeerIndex> expected;
      for (const auto& [q, when] : seen) {
        if (now - when > 10_s) expected.push_back(q);
      }
      std::vector<PeerIndex> silent;
      view_.find_silent(now, 10_s, silent);
      ASSERT_EQ(silent, expected) << step;
      for (const PeerIndex q : silent) {
        view_.bury(q);
        seen.erase(q);
        ++buried;
      }
    }
  }
  EXPECT_GT(buried, 100u);
}

}  // namespace
}  // namespace hearsay::test
