#include "sim/net/rule.h"

#include <gtest/gtest.h>

#include "tests/unit/net/wired_world.h"

namespace hearsay::sim {
namespace {

using Action = Verdict::Action;

struct Fixture {
  RuleSet rules{[this] { ++changes; }};
  int changes = 0;
  FrameInfo frame{HostIndex{0}, HostIndex{1}, FrameKind::kFrame};

  RuleGuard install(Verdict verdict) { return rules.install(std::make_unique<FixedRule>(verdict)); }
  Action judged() const { return rules.judge(frame, 0).action; }
};

TEST(RuleTest, no_rule_passes) {
  Fixture f;
  EXPECT_EQ(f.judged(), Action::kPass);
}

TEST(RuleTest, first_non_pass_wins) {
  Fixture f;
  const RuleGuard a = f.install(Verdict::pass());
  const RuleGuard b = f.install(Verdict::delayed(5));
  const RuleGuard c = f.install(Verdict::drop());
  EXPECT_EQ(f.judged(), Action::kDelay);
  EXPECT_EQ(f.rules.judge(f.frame, 0).delay, 5);
}

TEST(RuleTest, guard_uninstalls_on_drop) {
  Fixture f;
  {
    const RuleGuard guard = f.install(Verdict::drop());
    EXPECT_EQ(f.judged(), Action::kDrop);
  }
  EXPECT_EQ(f.judged(), Action::kPass);
  EXPECT_TRUE(f.rules.empty());
  EXPECT_EQ(f.changes, 2);
}

TEST(RuleTest, a_moved_guard_keeps_the_rule_and_release_takes_it_once) {
  Fixture f;
  RuleGuard outer;
  {
    RuleGuard inner = f.install(Verdict::drop());
    outer = std::move(inner);
  }
  EXPECT_EQ(f.judged(), Action::kDrop);
  outer.release();
  outer.release();
  EXPECT_EQ(f.changes, 2);
}

TEST(RuleTest, guards_may_go_in_any_order) {
  Fixture f;
  RuleGuard a = f.install(Verdict::delayed(1));
  RuleGuard b = f.install(Verdict::drop());
  a.release();
  EXPECT_EQ(f.judged(), Action::kDrop);
  b.release();
  EXPECT_EQ(f.judged(), Action::kPass);
}

TEST(RuleTest, a_rule_sees_size_and_envelope_in_either_wire_mode) {
  struct Looker final : Rule {
    Verdict on_frame(const FrameInfo& frame, Time /*now*/) override {
      if (frame.kind == FrameKind::kFrame) {
        seen = frame.envelope->message().nonce;
        size = frame.size;
      }
      return Verdict::pass();
    }
    std::uint64_t seen = 0;
    std::uint32_t size = 0;
  };
  for (const WireMode wire : {WireMode::kShared, WireMode::kBytes}) {
    WiredWorld wired(2, {.wire = wire});
    const ConnId conn = wired.stream();
    auto rule = std::make_unique<Looker>();
    const Looker& looker = *rule;
    const RuleGuard guard = wired.network.install(std::move(rule));
    wired.at(0).transport.write(conn, hello(42, 300));
    EXPECT_EQ(looker.seen, 42u);
    EXPECT_EQ(looker.size, 300u);
  }
}

}  // namespace
}  // namespace hearsay::sim
