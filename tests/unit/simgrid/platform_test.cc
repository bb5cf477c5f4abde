#include "sim/simgrid/platform.h"

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/simgrid/own_process.h"

namespace hearsay::sim {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;

const std::string kClusters = HS_SOURCE_DIR "/tests/unit/simgrid/data/two_clusters.xml";

std::string text_of(const std::string& path) {
  std::ifstream in(path);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// Loads a platform file of this text; the complaint, "" when there is none.
std::string complaint_of(const std::string& text) {
  const std::string path = testing::TempDir() + "hearsay_platform_" +
                           testing::UnitTest::GetInstance()->current_test_info()->name() + ".xml";
  std::ofstream(path) << text;
  const auto platform = Platform::load(path);
  std::remove(path.c_str());
  return platform.ok() ? "" : platform.error();
}

// The two clusters with one text replaced by another.
std::string complaint_about(const std::string& from, const std::string& to) {
  std::string text = text_of(kClusters);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  return complaint_of(text);
}

const std::string kProlog =
    "<?xml version='1.0'?><!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n";

// One zone, which begins on line 3.
std::string zone_of(const std::string& routing, const std::string& content) {
  return kProlog + "<platform version=\"4.1\">\n<zone id=\"w\" routing=\"" + routing + "\">\n" +
         content + "</zone>\n</platform>\n";
}

std::string two_hosts(const std::string& rest) {
  return "<host id=\"h1\" speed=\"1Gf\"/>\n<host id=\"h2\" speed=\"1Gf\"/>\n" + rest;
}

std::string two_peers(const std::string& at, const std::string& other_at) {
  const std::string access = "speed=\"1Gf\" bw_in=\"1Gbps\" bw_out=\"1Gbps\"";
  return "<peer id=\"h1\" " + access + " coordinates=\"" + at + "\"/>\n<peer id=\"h2\" " + access +
         " coordinates=\"" + other_at + "\"/>\n";
}

Duration travel(const Platform& platform, std::size_t from, std::size_t to) {
  LinkModel links(Latency::constant(77));
  platform.apply(links);
  links.set_zone(HostIndex{0}, platform.hosts()[from].zone);
  links.set_zone(HostIndex{1}, platform.hosts()[to].zone);
  Random random = Random::root(1);
  return links.travel(HostIndex{0}, HostIndex{1}, 0, 0, random);
}

HS_TEST_IN_OWN_PROCESS(PlatformTest, a_file_gives_hosts_in_natural_order_with_their_access_links) {
  const auto platform = Platform::load(kClusters);
  ASSERT_TRUE(platform.ok()) << platform.error();
  std::vector<std::string> names;
  for (const PlatformHost& host : platform.value().hosts()) {
    names.push_back(host.name);
    EXPECT_EQ(host.up_bps, 8'000'000'000u);
    EXPECT_EQ(host.down_bps, 8'000'000'000u);
  }
  EXPECT_THAT(names, testing::ElementsAre("eu-0", "eu-1", "eu-2", "eu-10", "us-0", "us-1"));
  EXPECT_EQ(platform.value().hosts()[0].zone_name, "eu");
}

HS_TEST_IN_OWN_PROCESS(PlatformTest, routes_have_simgrids_latencies) {
  const auto platform = Platform::load(kClusters);
  ASSERT_TRUE(platform.ok()) << platform.error();
  // Up 50 us, backbone 500 us, down 50 us; and across: up, backbone, sea, backbone, down.
  EXPECT_EQ(travel(platform.value(), 0, 1), 600 * kMicrosecond);
  EXPECT_EQ(travel(platform.value(), 0, 3), 600 * kMicrosecond);
  EXPECT_EQ(travel(platform.value(), 0, 4), 41'100 * kMicrosecond);
  EXPECT_EQ(travel(platform.value(), 5, 2), 41'100 * kMicrosecond);
}

HS_TEST_IN_OWN_PROCESS(PlatformTest, alike_hosts_of_a_cluster_share_a_zone) {
  const auto platform = Platform::load(kClusters);
  ASSERT_TRUE(platform.ok()) << platform.error();
  // Four alike, and two that are too few to compare.
  EXPECT_EQ(platform.value().zones(), 3u);
}

HS_TEST_IN_OWN_PROCESS(PlatformTest, hosts_on_one_host_use_the_loopback) {
  const auto platform = Platform::load(kClusters);
  ASSERT_TRUE(platform.ok()) << platform.error();
  EXPECT_EQ(travel(platform.value(), 4, 4), kLoopbackLatency);
}

HS_TEST_IN_OWN_PROCESS(PlatformTest, generated_zones_have_the_latencies_asked_for) {
  const GeneratedPlatform spec{.zones = {{"eu", 500, 2 * kMillisecond}, {"us", 500, kMillisecond}},
                               .between = {{0, 1, 40 * kMillisecond}},
                               .bandwidth_bps = 1'000'000'000};
  const auto platform = Platform::generate(spec);
  ASSERT_TRUE(platform.ok()) << platform.error();
  EXPECT_EQ(platform.value().hosts().size(), 1000u);
  EXPECT_EQ(platform.value().zones(), 2u);
  EXPECT_EQ(platform.value().hosts()[0].up_bps, 1'000'000'000u);
  EXPECT_EQ(travel(platform.value(), 0, 1), 2 * kMillisecond);
  EXPECT_EQ(travel(platform.value(), 500, 501), kMillisecond);
  EXPECT_EQ(travel(platform.value(), 0, 999), 40 * kMillisecond);
}

HS_TEST_IN_OWN_PROCESS(PlatformTest, generated_bandwidth_zero_is_infinite) {
  const GeneratedPlatform spec{.zones = {{"eu", 3, kMillisecond}}, .between = {}};
  const auto platform = Platform::generate(spec);
  ASSERT_TRUE(platform.ok()) << platform.error();
  EXPECT_EQ(platform.value().hosts()[2].up_bps, 0u);
}

TEST(PlatformTest, what_is_wrong_with_a_file_is_said_with_its_line_and_what_would_be_right) {
  const auto missing = Platform::load("/nowhere/at/all.xml");
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(missing.error(),
              AllOf(HasSubstr("/nowhere/at/all.xml: "), HasSubstr("Unable to open")));
  EXPECT_THAT(complaint_about("</platform>", ""),
              HasSubstr(".xml:11: ends in the middle; end it with </platform>"));
  EXPECT_THAT(complaint_about("latency=\"40ms\"", "latency=\"long\""),
              HasSubstr(".xml:7: \"long\" is no number; write a number with its unit"));
  EXPECT_THAT(complaint_about("latency=\"40ms\"", "latency=\"40parsecs\""),
              HasSubstr(".xml:7: \"parsecs\" is no unit; write latencies in s, ms"));
  EXPECT_THAT(complaint_about("link_ctn id=\"sea\"", "link_ctn id=\"ocean\""),
              HasSubstr(".xml:8: there is no link \"ocean\"; name a <link>"));
  EXPECT_THAT(complaint_about("dst=\"us\"", "dst=\"mars\""),
              HasSubstr(".xml:8: there is no host, router or zone \"mars\"; name one"));
  EXPECT_THAT(complaint_about("version=\"4.1\"", "version=\"9\""),
              HasSubstr("version is newer than SimGrid's; write <platform version=\"4.1\">"));
  EXPECT_THAT(complaint_about("<cluster id=\"us\"", "<cluster id=\"eu\""),
              HasSubstr("\"eu\" is the name of two zones; write another name"));
  EXPECT_THAT(complaint_about("<?xml", "hello"),
              HasSubstr(".xml:1: is no SimGrid platform; begin"));
  EXPECT_THAT(complaint_about("<link ", "<lnik "),
              HasSubstr(".xml:7: <lnik> is unknown, or may not stand in <zone>; see https://"));
  EXPECT_THAT(complaint_about("<link ", "<link foo=\"3\" "),
              HasSubstr(".xml:7: <link> has no attribute \"foo\"; leave it out"));
  EXPECT_THAT(complaint_about("bandwidth=", "bandwith="), HasSubstr("\"bandwith\"; leave it out"));
  EXPECT_THAT(complaint_about("latency=\"40ms\"", "latency=\"-40ms\""),
              HasSubstr("the link \"sea\" has a latency below 0; write 0s or more"));
}

TEST(PlatformTest, a_file_that_makes_simgrid_abort_is_an_error_too) {
  EXPECT_THAT(complaint_about("routing=\"Full\"", "routing=\"Fool\""),
              HasSubstr(": there is no routing \"Fool\"; write \"Full\", "));
  EXPECT_THAT(complaint_about("routing=\"Full\"", "routing=\"Star\""),
              HasSubstr(".xml:4: there is no routing \"Star\"; write \"Full\", "));
}

TEST(PlatformTest, more_hosts_than_memory_are_refused_before_simgrid_builds_them) {
  EXPECT_THAT(complaint_about("radical=\"0-1\"", "radical=\"0-999999999\""),
              HasSubstr(": <cluster> makes more than 200000 hosts in all; leave out those"));
}

TEST(PlatformTest, ranges_of_hosts_are_counted_as_simgrid_reads_them) {
  for (const char* radical :
       {" 0-300000", "0 -300000", "0- 300000", "+0-+300000", "0-300000 ", "0x-300000"}) {
    EXPECT_THAT(complaint_about("radical=\"0-1\"", "radical=\"" + std::string(radical) + "\""),
                HasSubstr(".xml:6: <cluster> makes more than 200000 hosts in all"))
        << radical;
  }
}

TEST(PlatformTest, deep_nesting_is_refused_at_its_line) {
  std::string deep;
  for (int i = 0; i < 60'000; ++i)
    deep += "<zone id=\"z" + std::to_string(i) + "\" routing=\"Full\">\n";
  for (int i = 0; i < 60'000; ++i)
    deep += "</zone>\n";
  // <platform> and "w" are the first two levels.
  EXPECT_THAT(complaint_of(zone_of("Full", deep)),
              HasSubstr(".xml:66: <zone> is nested more than 64 deep; put zones"));
}

TEST(PlatformTest, configuration_is_refused_before_simgrid_obeys_it) {
  const std::string victim = testing::TempDir() + "hearsay_platform_victim";
  const std::string config =
      "<platform version=\"4.1\">\n<config>\n<prop id=\"tracing\" value=\"yes\"/>\n"
      "<prop id=\"tracing/filename\" value=\"" +
      victim + "\"/>\n</config>\n";
  const auto kept = [&] { return text_of(victim) == "precious"; };
  std::ofstream(victim) << "precious";
  EXPECT_THAT(complaint_about("<platform version=\"4.1\">", config),
              HasSubstr(".xml:4: <config> is not taken from a platform; leave it out"));
  EXPECT_TRUE(kept());
  // SimGrid obeys while it reads: also in a file that goes wrong later or is not well formed.
  std::ofstream(victim) << "precious";
  EXPECT_THAT(complaint_of(kProlog + config + "<zone"), HasSubstr(".xml:3: <config> is not taken"));
  EXPECT_TRUE(kept());
  std::ofstream(victim) << "precious";
  EXPECT_THAT(complaint_of(kProlog + "<!-- <> --><\n" + config), HasSubstr(".xml:"));
  EXPECT_TRUE(kept());
  std::remove(victim.c_str());
}

HS_TEST_IN_OWN_PROCESS(PlatformTest, configuration_in_a_comment_is_none) {
  EXPECT_EQ(complaint_about("<link id", "<!-- <config> --><link id"), "");
}

TEST(PlatformTest, latencies_are_numbers_from_0_up_to_30_days) {
  const auto sea = [](const std::string& latency) {
    return complaint_about("latency=\"40ms\"", "latency=\"" + latency + "\"");
  };
  EXPECT_THAT(sea("nan"), HasSubstr(".xml:7: the link \"sea\" has a latency that is no number; "));
  for (const char* latency : {"1e10s", "inf", "31d"}) {
    EXPECT_THAT(
        sea(latency),
        HasSubstr(".xml:7: the link \"sea\" has a latency above 30 days; write 30d or less"))
        << latency;
  }
  EXPECT_THAT(complaint_about("bandwidth=\"10GBps\"", "bandwidth=\"nan\""),
              HasSubstr("the link \"sea\" has a bandwidth that is no number; write 1kbps or more"));
}

TEST(PlatformTest, latencies_of_routes_are_numbers_from_0_up_to_30_days) {
  EXPECT_THAT(complaint_of(
                  zone_of("Full", two_hosts("<link id=\"a\" bandwidth=\"1Gbps\" latency=\"20d\"/>\n"
                                            "<link id=\"b\" bandwidth=\"1Gbps\" latency=\"20d\"/>\n"
                                            "<route src=\"h1\" dst=\"h2\"><link_ctn id=\"a\"/>"
                                            "<link_ctn id=\"b\"/></route>\n"))),
              HasSubstr(": the route from \"h1\" to \"h2\" has a latency above 30 days; "));
  EXPECT_THAT(complaint_of(zone_of("Vivaldi", two_peers("nan 0 0", "1 1 0"))),
              HasSubstr(": the route from \"h1\" to \"h2\" has a latency that is no number; "));
  EXPECT_THAT(complaint_of(zone_of("Vivaldi", two_peers("1e300 0 0", "1 1 0"))),
              HasSubstr(": the route from \"h1\" to \"h2\" has a latency above 30 days; "));
}

TEST(PlatformTest, a_route_missing_in_a_zone_is_no_perfect_link) {
  for (const char* routing : {"Full", "Floyd"}) {
    EXPECT_THAT(complaint_of(zone_of(routing, two_hosts(""))),
                HasSubstr(": there is no route from \"h1\" to \"h2\"; write a <route>"))
        << routing;
  }
  // There, but not back.
  EXPECT_THAT(complaint_of(
                  zone_of("Full", two_hosts("<link id=\"a\" bandwidth=\"1Gbps\" latency=\"1ms\"/>\n"
                                            "<route src=\"h1\" dst=\"h2\" symmetrical=\"NO\">"
                                            "<link_ctn id=\"a\"/></route>\n"))),
              HasSubstr(": there is no route from \"h2\" to \"h1\"; write a <route>"));
}

HS_TEST_IN_OWN_PROCESS(PlatformTest, a_route_may_have_no_latency) {
  EXPECT_EQ(complaint_of(zone_of(
                "Full", two_hosts("<link id=\"a\" bandwidth=\"1Gbps\" latency=\"0s\"/>\n"
                                  "<route src=\"h1\" dst=\"h2\"><link_ctn id=\"a\"/></route>\n"))),
            "");
}

HS_TEST_IN_OWN_PROCESS(PlatformTest, peers_of_a_vivaldi_zone_need_no_route) {
  EXPECT_EQ(complaint_of(zone_of("Vivaldi", two_peers("1 1 0", "1 1 0"))), "");
}

HS_TEST_IN_OWN_PROCESS(PlatformTest, a_single_host_needs_no_route) {
  EXPECT_EQ(complaint_of(zone_of("Full", "<host id=\"h1\" speed=\"1Gf\"/>\n")), "");
}

TEST(PlatformTest, a_missing_route_is_found_at_loading) {
  EXPECT_THAT(complaint_about("<zoneRoute src=\"eu\" dst=\"us\" gw_src=\"eu-eu_router\" "
                              "gw_dst=\"us-us_router\"><link_ctn id=\"sea\"/></zoneRoute>",
                              ""),
              AnyOf(HasSubstr("route from \"eu"), HasSubstr("a route is missing")));
}

TEST(PlatformTest, a_library_is_no_platform) {
  EXPECT_THAT(Platform::load("/nowhere/at/all.so").error(),
              HasSubstr("all.so: has the name of a library, which SimGrid would run; name a"));
}

TEST(PlatformTest, a_folder_is_no_platform) {
  const auto platform = Platform::load("/");
  ASSERT_FALSE(platform.ok());
  EXPECT_THAT(platform.error(), HasSubstr("/: "));
}

TEST(PlatformTest, a_platform_without_hosts_is_an_error) {
  const auto platform = Platform::generate({});
  ASSERT_FALSE(platform.ok());
  EXPECT_THAT(platform.error(), HasSubstr("no host"));
}

HS_TEST_IN_OWN_PROCESS(PlatformTest, a_process_makes_one_platform) {
  {
    const auto first = Platform::bare();
    ASSERT_TRUE(first.ok()) << first.error();
  }
  const auto second = Platform::load(kClusters);
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.error(), HasSubstr("one platform in a process"));
}

TEST(PlatformTest, the_flow_model_is_not_available_in_this_version) {
  EXPECT_TRUE(usable_network_model("latency").ok());
  EXPECT_THAT(usable_network_model("flow").error(), HasSubstr("not available in this version"));
  EXPECT_THAT(usable_network_model("magic").error(), HasSubstr("unknown"));
}

TEST(PlatformTest, the_version_is_told) { EXPECT_THAT(simgrid_version(), HasSubstr("3.")); }

}  // namespace
}  // namespace hearsay::sim
