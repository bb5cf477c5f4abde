// A node in a storm of frames: random, mutated, replayed, true to form but for one part. It must
// not crash, every frame must have a fate, and the node must be at its work afterwards.
//
// HS_FUZZ_FRAMES sets how many frames, HS_FUZZ_SEED the seed; under AddressSanitizer the same runs
// in
// `./dev ci`. tests/fuzz/node_fuzz.cc searches with coverage instead of dice.
#include <cstdio>
#include <cstdlib>

#include <gtest/gtest.h>

#include "core/wire/describe.h"
#include "tests/fuzz/frame_maker.h"
#include "tests/fuzz/siege.h"

namespace hearsay::test {
namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

// The contents that some engine of this version takes.
bool has_an_engine(ContentKind kind) {
  switch (kind) {
    case ContentKind::kAlive:
    case ContentKind::kMemReq:
    case ContentKind::kMemRes:
    case ContentKind::kData:
    case ContentKind::kStateInfo:
    case ContentKind::kStateSnapshot:
    case ContentKind::kStateInfoPullReq:
    case ContentKind::kLeadership:
    case ContentKind::kAck:
    case ContentKind::kHello:
    case ContentKind::kDataDig:
    case ContentKind::kDataReq:
    case ContentKind::kDataUpdate:
    case ContentKind::kStateRequest:
    case ContentKind::kConn:  // first on a stream
      return true;
    default:
      return false;
  }
}

void storm(Siege& siege, std::uint64_t seed, std::uint64_t frames) {
  ASSERT_EQ(siege.trouble(), "");
  Random random = Random::root(seed).fork("storm");
  FrameMaker maker(siege.stage(), random.fork("frames"));
  const auto attackers = static_cast<std::uint32_t>(siege.attackers().size());
  for (std::uint64_t i = 0; i < frames; ++i) {
    const PeerIndex attacker = siege.attackers()[random.below(attackers)];
    const bool first = random.below(8) == 0;
    const EnvelopeRef frame = first ? maker.make_hello(attacker) : maker.make(attacker);
    const Verdict verdict =
        first ? siege.shoot_first(attacker, frame) : siege.shoot(attacker, frame);
    ASSERT_NE(verdict.fate, Fate::kUnaccounted)
        << "seed " << seed << ", frame " << i << (first ? ", first on its stream: " : ": ")
        << describe(*frame);
    // A pause: timers fire, members fall silent, the victim dials the attackers itself.
    if (random.below(200) == 0) siege.stage().run_for(6 * kSecond);
    while (const auto heard = siege.heard())
      maker.overhear(*heard);
  }
  EXPECT_EQ(siege.trouble(), "");
}

TEST(NodeStorm, two_hundred_thousand_frames_crash_nothing_and_each_has_a_fate) {
  const std::uint64_t seed = setting("HS_FUZZ_SEED", 1);
  const std::uint64_t frames = setting("HS_FUZZ_FRAMES", 200'000);
  Siege siege(seed);
  storm(siege, seed, frames);
  std::printf("%s", siege.table().c_str());

  std::uint64_t total = 0;
  for (const std::uint64_t n : siege.by_fate)
    total += n;
  EXPECT_EQ(total, frames);
  // The storm is worth something only if it reaches everything.
  if (frames < 200'000) return;
  const auto count = [&](std::size_t kind, Fate fate) {
    return siege.by_kind[kind][static_cast<std::size_t>(fate)];
  };
  for (std::size_t k = 0; k < kContentKinds; ++k) {
    const auto kind = static_cast<ContentKind>(k);
    EXPECT_GT(count(k, Fate::kRejected) + count(k, Fate::kUsed), frames / 200) << kind_name(kind);
    EXPECT_EQ(count(k, Fate::kUsed) > 0, has_an_engine(kind)) << kind_name(kind);
  }
  for (std::size_t r = 0; r < kRejectReasons; ++r) {
    // A hundred state requests at one instant: not with one frame after the other.
    if (static_cast<RejectReason>(r) == RejectReason::kQueueFull) continue;
    EXPECT_GT(siege.by_reason[r], 0u) << reject_reason_name(static_cast<RejectReason>(r));
  }
}

TEST(NodeStorm, frames_that_travel_as_bytes_have_the_same_fates) {
  constexpr std::uint64_t kFrames = 20'000;
  Siege shared(2, sim::WireMode::kShared);
  Siege bytes(2, sim::WireMode::kBytes);
  storm(shared, 2, kFrames);
  storm(bytes, 2, kFrames);
  EXPECT_EQ(shared.table(), bytes.table());
}

}  // namespace
}  // namespace hearsay::test
