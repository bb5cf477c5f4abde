#include "sim/scenario/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearsay::scenario {
namespace {

using ::testing::HasSubstr;

TEST(Units, DurationsAreExactNanoseconds) {
  const std::pair<const char*, Duration> table[] = {{"0s", 0},
                                                    {"100ns", 100},
                                                    {"500us", 500'000},
                                                    {"500µs", 500'000},
                                                    {"10ms", 10'000'000},
                                                    {"5s", 5'000'000'000},
                                                    {"1.5s", 1'500'000'000},
                                                    {"0.000000001s", 1},
                                                    {"1m30s", 90'000'000'000},
                                                    {"1h2m3s4ms5us6ns", 3'723'004'005'006},
                                                    {"0060s", 60'000'000'000},
                                                    {"9223372036854775807ns", kNever}};
  for (const auto& [text, value] : table) {
    const auto parsed = parse_duration(text);
    ASSERT_TRUE(parsed.ok()) << text << ": " << parsed.error().problem;
    EXPECT_EQ(parsed.value(), value) << text;
    EXPECT_EQ(parse_duration(format_duration(value)).value(), value) << text;
  }
}

TEST(Units, SizesAndBandwidthsAndShares) {
  EXPECT_EQ(parse_size("10B").value(), 10u);
  EXPECT_EQ(parse_size("1MB").value(), 1'000'000u);
  EXPECT_EQ(parse_size("64KiB").value(), 65'536u);
  EXPECT_EQ(parse_size("1.5KiB").value(), 1'536u);
  EXPECT_EQ(parse_size("2GiB").value(), std::uint64_t{2} << 30);
  EXPECT_EQ(parse_bandwidth("1Gbps").value(), 1'000'000'000u);
  EXPECT_EQ(parse_bandwidth("100Mbps").value(), 100'000'000u);
  EXPECT_EQ(parse_bandwidth("2.5Gbps").value(), 2'500'000'000u);
  EXPECT_EQ(parse_bandwidth("1MBps").value(), 8'000'000u);
  EXPECT_EQ(parse_share("25%").value(), 250'000u);
  EXPECT_EQ(parse_share("12.5%").value(), 125'000u);
  EXPECT_EQ(parse_share("100%").value(), 1'000'000u);
}

TEST(Units, CanonicalTextsReadBack) {
  EXPECT_EQ(format_duration(0), "0s");
  EXPECT_EQ(format_duration(90 * kSecond), "90s");
  EXPECT_EQ(format_duration(1'500 * kMillisecond), "1500ms");
  EXPECT_EQ(format_duration(1), "1ns");
  EXPECT_EQ(format_size(0), "0B");
  EXPECT_EQ(format_size(1024), "1KiB");
  EXPECT_EQ(format_size(1'000'000), "1000000B");
  EXPECT_EQ(format_bandwidth(1'000'000'000), "1Gbps");
  EXPECT_EQ(format_bandwidth(2'500'000'000), "2500Mbps");
  EXPECT_EQ(format_share(250'000), "25%");
  EXPECT_EQ(format_share(125'000), "12.5%");
  EXPECT_EQ(format_share(1), "0.0001%");
}

struct BadCase {
  const char* text;
  const char* problem;
  const char* remedy;
};

TEST(Units, BadDurationsSayWhatWouldBeRight) {
  const BadCase table[] = {{"20", "\"20\" has no unit", "write \"20s\""},
                           {"", "is not a duration", "such as \"5s\""},
                           {"soon", "is not a duration", "such as \"5s\""},
                           {"s", "is not a duration", "such as \"5s\""},
                           {"1m30", "\"1m30\" has no unit", "write \"1m30s\""},
                           {"-5s", "is negative", "such as \"5s\""},
                           {"5sec", "unknown unit \"sec\"", "write \"5s\""},
                           {"5min", "unknown unit \"min\"", "write \"5m\""},
                           {"5 s", "unknown unit \" s\"", "write \"5s\""},
                           {"5MS", "unknown unit \"MS\"", "write \"5ms\""},
                           {"1.s", "is not a duration", ""},
                           {"0.5ns", "finer than the smallest unit", "fewer decimals"},
                           {"1.0000000000000000001s", "finer than", "fewer decimals"},
                           {"9223372036854775808ns", "is too large", "smaller"},
                           {"99999999999999999999999999999999999s", "is too large", "smaller"},
                           {"9999999999h", "is too large", "smaller"},
                           {"9223372036s9223372036s", "is too large", "smaller"}};
  for (const BadCase& bad : table) {
    const auto parsed = parse_duration(bad.text);
    ASSERT_FALSE(parsed.ok()) << bad.text;
    EXPECT_THAT(parsed.error().problem, HasSubstr(bad.problem)) << bad.text;
    EXPECT_THAT(parsed.error().remedy, HasSubstr(bad.remedy)) << bad.text;
  }
}

TEST(Units, OtherBadQuantitiesToo) {
  EXPECT_EQ(parse_size("1024").error().remedy, "write \"1024B\"");
  EXPECT_THAT(parse_size("1kib").error().remedy, HasSubstr("write \"1KiB\""));
  EXPECT_THAT(parse_size("0.5B").error().problem, HasSubstr("finer"));
  EXPECT_EQ(parse_bandwidth("100").error().remedy, "write \"100Mbps\"");
  EXPECT_THAT(parse_bandwidth("1gbps").error().remedy, HasSubstr("write \"1Gbps\""));
  EXPECT_FALSE(parse_share("0%").ok());
  EXPECT_FALSE(parse_share("101%").ok());
  EXPECT_EQ(parse_share("25").error().remedy, "write \"25%\"");
}

}  // namespace
}  // namespace hearsay::scenario
