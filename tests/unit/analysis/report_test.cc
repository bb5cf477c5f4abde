#include "analysis/report.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/analysis/script.h"

namespace hearsay::analysis {
namespace {

using namespace literals;
using nlohmann::json;
using testing::HasSubstr;

class ReportTest : public testing::Test {
 protected:
  ReportTest() : run_(facts_of(3)) {
    Script script(run_);
    script.start_all(3).at(4_s).all_alive(3).sent(0, 1, kAliveMsg, 100).delivered(1, 0, kAliveMsg);
    script.at(10_s).block(0, 1, BlockOrigin::kDeliver).commit(0, 1).push(0, 1, 1);
    script.at(13_s + 5).block(2, 1, BlockOrigin::kPull, 1).commit(2, 1);
    run_.finish(100_s);
  }
  RunReport report(std::vector<Promise> promises = {}) {
    return {
        {"0.1.0", "first \"blocks\"", 7, "0123456789abcdef", 0.5, 1 << 20, {{"wire", "shared"}}},
        run_,
        evaluate(promises, run_),
        ""};
  }
  static std::string text_of(void (*csv)(const RunObserver&, const TextSink&),
                             const RunObserver& run) {
    std::string out;
    csv(run, [&](std::string_view piece) { out += piece; });
    return out;
  }

  RunObserver run_;
};

// The keys that tools may rely on.
TEST_F(ReportTest, TheSummaryHasTheKeysOfTheContract) {
  const json summary = json::parse(report_json(report({{.metric = "blocks.t100_s", .max = 1}})));
  for (const char* key : {"hearsay", "scenario", "seed", "digest", "verdict", "virtual_s", "wall_s",
                          "events", "deliveries", "peak_rss_bytes", "expectations", "metrics"}) {
    EXPECT_TRUE(summary.contains(key)) << key;
  }
  const json& expectation = summary["expectations"][0];
  for (const char* key : {"expect", "pass", "value", "evidence"}) {
    EXPECT_TRUE(expectation.contains(key)) << key;
  }
  const json& metrics = summary["metrics"];
  for (const char* key : {"converged_s", "known_pairs", "false_suspicions", "detection_s"}) {
    EXPECT_TRUE(metrics["membership"].contains(key)) << key;
  }
  for (const char* key : {"p50", "max"}) {
    EXPECT_TRUE(metrics["membership"]["detection_s"].contains(key)) << key;
  }
  for (const char* key :
       {"count", "coverage_push", "by_source", "transmissions_per_block", "never"}) {
    EXPECT_TRUE(metrics["blocks"].contains(key)) << key;
  }
  for (const char* key : {"t50_s", "t90_s", "t95_s", "t99_s", "t100_s", "hops"}) {
    for (const char* stat : {"mean", "p50", "p90", "p95", "p99", "max"}) {
      EXPECT_TRUE(metrics["blocks"][key].contains(stat)) << key << stat;
    }
  }
  for (const char* key : {"push", "pull", "state", "deliver"}) {
    EXPECT_TRUE(metrics["blocks"]["by_source"].contains(key)) << key;
  }
  for (const char* key : {"final", "max_simultaneous", "first_s", "changes"}) {
    EXPECT_TRUE(metrics["leaders"]["ch1"]["org1"].contains(key)) << key;
  }
  for (const char* key : {"requests", "responses", "blocks"}) {
    EXPECT_TRUE(metrics["state_transfer"].contains(key)) << key;
  }
  for (const char* type : {"AliveMsg", "Hello.block"}) {
    for (const char* key : {"sent", "received", "dropped", "bytes", "sent_per_peer_s"}) {
      EXPECT_TRUE(metrics["messages"][type].contains(key)) << type << key;
    }
  }
}

TEST_F(ReportTest, TheSummaryHasTheValues) {
  const json summary = json::parse(report_json(report({{.metric = "blocks.t50_s", .max = 1}})));
  EXPECT_EQ(summary["verdict"], "pass");
  EXPECT_EQ(summary["virtual_s"], 100.0);
  EXPECT_EQ(summary["seed"], 7);
  EXPECT_EQ(summary["deliveries"], 2);
  EXPECT_EQ(summary["manifest"]["wire"], "shared");
  EXPECT_EQ(summary["expectations"][0]["expect"],
            (json{{"metric", "blocks.t50_s"}, {"stat", "max"}, {"max", 1.0}}));
  EXPECT_EQ(summary["metrics"]["membership"]["known_pairs"], json::parse("[[0.0,0.0],[4.0,1.0]]"));
  // Nothing to measure, and never: both are null.
  EXPECT_TRUE(summary["metrics"]["membership"]["detection_s"]["max"].is_null());
  EXPECT_TRUE(summary["metrics"]["leaders"]["ch1"]["org1"]["first_s"].is_null());
}

TEST_F(ReportTest, TheVerdictIsFailWhenAPromiseIsBrokenAndNoneWithoutPromises) {
  EXPECT_EQ(verdict(report()), "none");
  EXPECT_EQ(verdict(report({{.metric = "blocks.count", .equals = 1}})), "pass");
  EXPECT_EQ(verdict(report({{.metric = "blocks.count", .equals = 1},
                            {.metric = "blocks.count", .equals = 2}})),
            "fail");
  RunReport cut = report({{.metric = "blocks.count", .equals = 1}});
  cut.incomplete = "interrupted";
  EXPECT_EQ(verdict(cut), "none");
}

TEST_F(ReportTest, BlocksCsvHasARowForEachBlockAndPeer) {
  EXPECT_EQ(text_of(report_blocks_csv, run_),
            "channel,block,peer,sent_s,received_s,committed_s,source,hops\n"
            "ch1,1,org1/0,10.000000000,10.000000000,10.000000000,deliver,0\n"
            "ch1,1,org1/1,10.000000000,10.000000000,,push,1\n"
            "ch1,1,org1/2,10.000000000,13.000000005,13.000000005,pull,2\n");
}

TEST_F(ReportTest, ConvergenceCsvFollowsMembershipAndBlocks) {
  EXPECT_EQ(text_of(report_convergence_csv, run_),
            "time_s,kind,channel,block,reached,total\n"
            "0.000000000,membership,,,0,6\n"
            "4.000000000,membership,,,6,6\n"
            "0.000000000,state_info,ch1,,0,6\n"
            "10.000000000,block_received,ch1,1,2,3\n"
            "13.000000005,block_received,ch1,1,3,3\n"
            "10.000000000,block_committed,ch1,1,1,3\n"
            "13.000000005,block_committed,ch1,1,2,3\n");
}

TEST_F(ReportTest, MessagesCsvHasARowForEachType) {
  const std::string csv = text_of(report_messages_csv, run_);
  EXPECT_THAT(csv,
              HasSubstr("type,sent,received,dropped,bytes,duplicates,rejected,sent_per_peer_s\n"
                        "AliveMsg,1,1,0,100,0,0,0.003333\n"));
  EXPECT_THAT(csv, HasSubstr("\nHello.block,0,0,0,0,0,0,0.000000\n"));
}

TEST_F(ReportTest, NamesWithCommasAreQuoted) {
  RunFacts facts = facts_of(1);
  facts.peers[0].name = "a,\"b\"";
  RunObserver run(facts);
  Script(run).start_all(1).block(0, 1, BlockOrigin::kDeliver);
  run.finish(1_s);
  EXPECT_THAT(text_of(report_blocks_csv, run), HasSubstr("ch1,1,\"a,\"\"b\"\"\",0.000000000,"));
}

TEST_F(ReportTest, TheTextSaysWhatHappenedAndWhichPromisesAreBroken) {
  const std::string text =
      report_text(report({{.metric = "blocks.t100_s", .max = 1}, {.invariant = "all"}}));
  EXPECT_THAT(text, HasSubstr("seed 7  100 s simulated in 500 ms"));
  EXPECT_THAT(text, HasSubstr("3 peers: half of the pairs known by 4 s"));
  EXPECT_THAT(text, HasSubstr("1 block: 50.00 % reached by push, 1 transmissions per block"));
  EXPECT_THAT(text, HasSubstr("✗ blocks.t100_s <= 1: 3; block 1 reached org1/2 last, 3 s\n"));
  EXPECT_THAT(text, HasSubstr("✓ invariant all: 5 invariants held; not judged:"));
  EXPECT_THAT(text, HasSubstr("FAILED: 1 of 2 promises broken\n"));
  EXPECT_EQ(text.find('\033'), std::string::npos);
  EXPECT_THAT(report_text(report({{.invariant = "all"}}), {.colour = true}),
              HasSubstr("\033[32mPASSED\033[0m: 1 promise kept\n"));
}

TEST_F(ReportTest, PlainTextIsAscii) {
  const std::string text = report_text(report({{.metric = "blocks.t100_s", .max = 1}}),
                                       {.colour = false, .unicode = false, .width = 20});
  for (const char c : text)
    EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7F)) << text;
}

// More time might mend a metric, and what must hold at the end; nothing else.
TEST_F(ReportTest, ARunThatWasCutShortFailsOnlyForGood) {
  RunReport cut =
      report({{.metric = "blocks.t100_s", .max = 1}, {.invariant = "liveness.after_heal"}});
  ASSERT_FALSE(cut.results[0].pass);
  EXPECT_EQ(verdict(cut), "fail");
  cut.incomplete = "interrupted";
  EXPECT_EQ(verdict(cut), "none");
  EXPECT_THAT(report_text(cut), testing::Not(HasSubstr("FAILED")));
  EXPECT_THAT(report_junit(cut), HasSubstr("<skipped message=\"open: 3; block 1 reached"));
  EXPECT_THAT(report_junit(cut), HasSubstr("failures=\"0\""));
  cut.results.push_back({{.invariant = "ledger.in_order"}, false, 1, "a block twice"});
  EXPECT_EQ(verdict(cut), "fail");
  cut.results.back() = {{.invariant = "all"}, false, 1, "a block twice"};
  EXPECT_EQ(verdict(cut), "fail");
}

TEST_F(ReportTest, AnEmptyRunCanBeReported) {
  RunObserver nobody(RunFacts{});
  nobody.finish(0);
  const RunReport empty{{}, nobody, {}, ""};
  EXPECT_THAT(report_text(empty), HasSubstr("no promises, no verdict"));
  EXPECT_EQ(json::parse(report_json(empty))["metrics"]["messages"], json::object());
  EXPECT_THAT(report_junit(empty), HasSubstr("tests=\"1\""));
}

TEST_F(ReportTest, JunitHasOneCasePerPromise) {
  const std::string xml = report_junit(
      report({{.metric = "blocks.t100_s", .max = 1}, {.metric = "blocks.count", .equals = 1}}));
  EXPECT_THAT(xml, HasSubstr("<testsuite name=\"first &quot;blocks&quot;\" tests=\"3\" "
                             "failures=\"1\" errors=\"0\" time=\"0.500\">"));
  EXPECT_THAT(xml, HasSubstr("name=\"blocks.t100_s &lt;= 1\""));
  EXPECT_THAT(xml, HasSubstr("<failure type=\"expectation\" message=\"expect[0]: blocks.t100_s "
                             "&lt;= 1: 3; block 1 reached org1/2 last, 3 s\">"));
  RunReport cut = report();
  cut.incomplete = "interrupted\x01 at 3 s";
  EXPECT_THAT(report_junit(cut),
              HasSubstr("<error type=\"incomplete\" message=\"interrupted? at 3 s\""));
  RunReport torn = report();
  torn.error = "two runs, two digests";
  EXPECT_THAT(report_junit(torn), HasSubstr("errors=\"1\""));
  EXPECT_THAT(report_junit(torn),
              HasSubstr("<error type=\"run\" message=\"two runs, two digests\""));
}

TEST_F(ReportTest, AJunitFailureSaysWhatWasPromisedWhatCameAndWhere) {
  RunReport broken = report({{.metric = "blocks.count", .equals = 1},
                             {.metric = "blocks.t100_s", .stat = "p99", .max = 1},
                             {.invariant = "ledger.in_order"}});
  broken.results[2] = {{.invariant = "ledger.in_order"}, false, 2, "org1/0 lost block 3"};
  const std::string xml = report_junit(broken);
  EXPECT_THAT(xml, HasSubstr("message=\"expect[1]: blocks.t100_s p99 &lt;= 1: 3; block 1"));
  EXPECT_THAT(xml, HasSubstr(">promise:  blocks.t100_s p99 &lt;= 1\n"
                             "measured: 3\n"
                             "evidence: block 1 reached org1/2 last, 3 s\n"
                             "place:    expect[1] of scenario first \"blocks\", seed 7, digest "));
  EXPECT_THAT(xml, HasSubstr("message=\"expect[2]: invariant ledger.in_order: org1/0 lost"));
  EXPECT_THAT(xml, HasSubstr(">promise:  invariant ledger.in_order\nmeasured: 2 violations\n"
                             "evidence: org1/0 lost block 3\n"));
}

}  // namespace
}  // namespace hearsay::analysis
