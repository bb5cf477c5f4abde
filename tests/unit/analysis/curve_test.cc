#include "analysis/curve.h"

#include <gtest/gtest.h>

namespace hearsay::analysis {
namespace {

TEST(Curve, OfPointsAtOneInstantTheLastCounts) {
  Curve curve;
  curve.add(5, 0, 10);
  curve.add(5, 3, 10);
  curve.add(9, 10, 10);
  EXPECT_EQ(curve.points(), (std::vector<CurvePoint>{{5, 3, 10}, {9, 10, 10}}));
}

TEST(Curve, PlateausStayFlat) {
  Curve curve;
  curve.add(0, 0, 100'000);
  curve.add(1, 50'000, 100'000);
  for (Time t = 2; t < 60; ++t)
    curve.add(t, 50'000 + static_cast<std::uint64_t>(t), 100'000);
  curve.add(60, 100'000, 100'000);
  // Nothing visible happened from 2 to 59; the last of it is kept, so that the step at 60 is a
  // step.
  std::vector<CurvePoint> expected = {
      {0, 0, 100'000}, {1, 50'000, 100'000}, {59, 50'059, 100'000}, {60, 100'000, 100'000}};
  EXPECT_EQ(curve.points(), expected);
  curve.add(61, 0, 100'000);
  expected.push_back({61, 0, 100'000});
  EXPECT_EQ(curve.points(), expected);
}

TEST(Curve, BecomingCompleteIsAlwaysVisible) {
  Curve curve;
  curve.add(0, 999'999, 1'000'000);
  curve.add(1, 1'000'000, 1'000'000);
  curve.add(2, 999'999, 1'000'000);
  curve.add(3, 999'999, 1'000'000);
  const std::vector<CurvePoint> points = curve.points();
  ASSERT_EQ(points.size(), 4u);
  EXPECT_TRUE(points[1].complete());
  EXPECT_FALSE(points[2].complete());
}

TEST(Curve, StaysBoundedAndKeepsItsShape) {
  Curve curve;
  constexpr std::uint64_t kTotal = 1'000'000;
  for (std::uint64_t i = 0; i <= kTotal; ++i)
    curve.add(static_cast<Time>(i), i, kTotal);
  const std::vector<CurvePoint> points = curve.points();
  EXPECT_LE(points.size(), Curve::kMaxPoints + 2);
  EXPECT_GE(points.size(), 200u);
  EXPECT_EQ(points.front().reached, 0u);
  EXPECT_EQ(points.back().reached, kTotal);
  EXPECT_NEAR(curve.at(500'000).fraction(), 0.5, 0.01);
}

TEST(Curve, ACurveThatFlapsForEverStaysBoundedToo) {
  Curve curve;
  for (Time t = 0; t < 100'000; ++t)
    curve.add(t, t % 2 == 0 ? 10 : 9, 10);
  EXPECT_LE(curve.points().size(), Curve::kMaxPoints + 2);
}

TEST(Curve, NothingToReachIsReached) {
  EXPECT_EQ((CurvePoint{0, 0, 0}).fraction(), 1);
  EXPECT_TRUE(Curve().empty());
  EXPECT_TRUE(Curve().points().empty());
}

}  // namespace
}  // namespace hearsay::analysis
