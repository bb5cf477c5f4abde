// The figures of spec delivery.md B2 and B5, and which version has which rule.
#include "core/deliver/deliver_v1_rules.h"

#include <gtest/gtest.h>

namespace hearsay {
namespace {

using namespace literals;
using enum DeliverVersion;

// The attempt at which it gives up, and the pauses before.
std::pair<std::uint32_t, Duration> spend(DeliverVersion version, const Config& config = {}) {
  const DeliverV1Rules rules = deliver_v1_rules(version, config);
  Duration waited = 0;
  for (std::uint32_t attempt = 1; attempt < 1000; ++attempt) {
    const auto pause = rules.policy(attempt, waited);
    if (!pause) return {attempt, waited};
    waited += *pause;
  }
  return {0, waited};
}

TEST(DeliverV1Rules, PausesDouble) {
  EXPECT_EQ(v1_retry_pause(1, 3600_s), 1_s);
  EXPECT_EQ(v1_retry_pause(2, 3600_s), 2_s);
  EXPECT_EQ(v1_retry_pause(9, 3600_s), 256_s);
  EXPECT_EQ(v1_retry_pause(13, 3600_s), 3600_s);
  EXPECT_EQ(v1_status_pause(0), 100_ms);
  EXPECT_EQ(v1_status_pause(6), 6400_ms);
  EXPECT_EQ(v1_status_pause(7), 10_s);
  EXPECT_EQ(v1_status_pause(1000), 10_s);
}

TEST(DeliverV1Rules, TheBudgetLastsAsLongAsFabrics) {
  EXPECT_EQ(spend(kV1_0), std::pair(10u, 511_s));
  EXPECT_EQ(spend(kV1_1), std::pair(13u, 4095_s));
  EXPECT_EQ(spend(kV1_4_4), std::pair(13u, 4095_s));
}

TEST(DeliverV1Rules, TheBudgetIsSpentWhenItIsExceededAndLaterWhenItIsReached) {
  Config config;
  config.deliver_reconnect_total_time_threshold = 7_s;
  EXPECT_EQ(spend(kV1_0, config).second, 511_s) << "not this key";
  EXPECT_EQ(spend(kV1_2, config).second, 15_s);
  EXPECT_EQ(spend(kV1_4_4, config).second, 7_s);
}

TEST(DeliverV1Rules, TheLongestPauseCanBeConfiguredFromV12On) {
  Config config;
  config.deliver_reconnect_backoff_threshold = 5_s;
  config.deliver_conn_timeout = 7_s;
  EXPECT_EQ(*deliver_v1_rules(kV1_1, config).policy(9, 0), 256_s);
  EXPECT_EQ(*deliver_v1_rules(kV1_2, config).policy(9, 0), 5_s);
  EXPECT_EQ(deliver_v1_rules(kV1_1, config).dial_timeout, 3_s);
  EXPECT_EQ(deliver_v1_rules(kV1_2, config).dial_timeout, 7_s);
}

TEST(DeliverV1Rules, EachVersionHasItsOwn) {
  const auto rules = [](DeliverVersion v) { return deliver_v1_rules(v, {}); };
  EXPECT_FALSE(rules(kV1_0).follows_updates);
  EXPECT_TRUE(rules(kV1_1).follows_updates);
  EXPECT_FALSE(rules(kV1_0).disables_endpoints);
  EXPECT_TRUE(rules(kV1_2).disables_endpoints);
  EXPECT_FALSE(rules(kV1_4_4).disables_endpoints);
  EXPECT_TRUE(rules(kV1_4_4).round_robin);
  EXPECT_FALSE(rules(kV1_1).open_resets_retries);
  EXPECT_TRUE(rules(kV1_2).open_resets_retries);
  EXPECT_EQ(rules(kV1_0).seek_type, HeaderType::kConfigUpdate);
  EXPECT_EQ(rules(kV1_1).seek_type, HeaderType::kDeliverSeekInfo);
}

TEST(DeliverV1Rules, OnlyAStaticLeaderOfV145IsEndless) {
  Config config;
  config.org_leader = true;
  EXPECT_EQ(spend(kV1_4_5, config).first, 0u);
  EXPECT_EQ(spend(kV1_4_4, config).first, 13u);
  config.org_leader = false;
  EXPECT_EQ(spend(kV1_4_5, config).first, 13u);
}

}  // namespace
}  // namespace hearsay
