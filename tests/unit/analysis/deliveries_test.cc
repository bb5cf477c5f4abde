#include "analysis/deliveries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "analysis/report.h"
#include "core/trace/names.h"
#include "tests/unit/analysis/script.h"

namespace hearsay::analysis {
namespace {

using namespace literals;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

template <typename Reason>
TraceEvent why(Reason reason) {
  return {.channel = ChannelIndex{0}, .detail = static_cast<std::uint8_t>(reason)};
}

Json metrics_of(const RunObserver& run) {
  return Json::parse(report_json({{}, run, {}, ""}))["metrics"];
}

struct Delivering : ::testing::Test {
  RunObserver run{facts_of(2)};
  Script script{run};
};

TEST_F(Delivering, EachReasonIsCountedByItself) {
  script.start_all(2).at(1_s);
  for (std::size_t reason = 0; reason < kDeliverRefusals; ++reason) {
    for (std::size_t i = 0; i <= reason; ++i)
      script.put(i % 2, TraceKind::kDeliverRefused, why(static_cast<DeliverRefusal>(reason)));
  }
  script.put(0, TraceKind::kDeliverRetry, why(DeliverTrouble::kDial));
  script.put(0, TraceKind::kDeliverRetry, why(DeliverTrouble::kDial));
  script.put(0, TraceKind::kDeliverEnded, why(DeliverEnd::kBudgetSpent));
  run.finish(10_s);
  const Json deliver = metrics_of(run)["deliver"];
  EXPECT_EQ(deliver["refused"], Json::parse(R"({ "success": 1, "status": 2, "no_content": 3,
                                   "no_header": 4, "bad_block": 5, "not_added": 6 })"));
  EXPECT_EQ(deliver["retries"]["dial"], 2);
  EXPECT_EQ(deliver["retries"]["broken"], 0);
  EXPECT_EQ(deliver["ended"]["budget_spent"], 1);
  EXPECT_EQ(run.deliveries().refused(DeliverRefusal::kBadBlock), 5u);
}

TEST_F(Delivering, TheReportTellsOfTroubleOnly) {
  script.start_all(2);
  script.put(0, TraceKind::kDeliverRefused, why(DeliverRefusal::kStatus));
  script.put(0, TraceKind::kDeliverRefused, why(DeliverRefusal::kBadBlock));
  script.put(1, TraceKind::kDeliverRefused, why(DeliverRefusal::kBadBlock));
  script.put(1, TraceKind::kDeliverEnded, why(DeliverEnd::kBudgetSpent));
  run.finish(10_s);
  const std::string text = report_text({{}, run, {}, ""});
  EXPECT_THAT(text, HasSubstr("responses refused: status 1, bad_block 2\n"));
  EXPECT_THAT(text, HasSubstr("deliveries over: budget_spent 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("attempts that failed")));
}

TEST_F(Delivering, AReasonWithoutANameIsNoTrouble) {
  script.start_all(2).put(0, TraceKind::kDeliverRefused, {.detail = 255});
  run.finish(10_s);
  EXPECT_DOUBLE_EQ(metric(run, "deliver.refused.bad_block"), 0);
}

}  // namespace
}  // namespace hearsay::analysis
