// A script of frames for a besieged node (siege.h): nothing crashes, every frame has a fate, and
// the node is at its work afterwards.
//
// The input is a list of shots. A shot is one byte of how (bits 0-1: which attacker, 2: first on
// its stream, 3: raw, 4: signed, 5: a pause before it) and then
//   raw:        a length byte and so many bytes of payload
//   otherwise:  a byte for the kind of message, a byte n, and n % 8 changes: two bytes of place,
//   one
//               to xor there
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/assert.h"
#include "core/wire/codec.h"
#include "tests/fuzz/frame_maker.h"
#include "tests/fuzz/siege.h"

namespace hearsay::test {
namespace {

constexpr int kMostShots = 64;

class Script {
 public:
  Script(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}
  bool empty() const { return left_ == 0; }
  std::uint8_t byte() {
    if (left_ == 0) return 0;
    --left_;
    return *data_++;
  }
  std::string bytes(std::size_t wanted) {
    const std::size_t size = std::min(wanted, left_);
    std::string out(reinterpret_cast<const char*>(data_), size);
    data_ += size;
    left_ -= size;
    return out;
  }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

std::string payload_of(Script& script, FrameMaker& maker, PeerIndex attacker, bool is_raw) {
  if (is_raw) return script.bytes(script.byte());
  const auto kind = static_cast<ContentKind>(script.byte() % kContentKinds);
  std::string payload = encode_message(maker.sound(attacker, kind));
  for (int changes = script.byte() % 8; changes > 0 && !payload.empty(); --changes) {
    const std::size_t place = script.byte() * std::size_t{256} + script.byte();
    payload[place % payload.size()] ^= static_cast<char>(script.byte());
  }
  return payload;
}

void run(Script script) {
  Siege siege(1);
  FrameMaker maker(siege.stage(), Random::root(1).fork("frames"));
  for (int shot = 0; shot < kMostShots && !script.empty(); ++shot) {
    const std::uint8_t how = script.byte();
    const PeerIndex attacker = siege.attackers()[how % 4 % 3];
    std::string payload = payload_of(script, maker, attacker, (how & 8) != 0);
    std::string signature = (how & 16) != 0 ? siege.stage().key(attacker).sign(payload) : "";
    const EnvelopeRef frame = from_payload(std::move(payload), std::move(signature));
    if ((how & 32) != 0) siege.stage().run_for(3 * kSecond);
    const Verdict verdict =
        (how & 4) != 0 ? siege.shoot_first(attacker, frame) : siege.shoot(attacker, frame);
    HS_ASSERT_MSG(verdict.fate != Fate::kUnaccounted, "a frame vanished");
  }
  HS_ASSERT_MSG(siege.trouble().empty(), "the node is not at its work any more");
}

}  // namespace
}  // namespace hearsay::test

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hearsay::test::run({data, size});
  return 0;
}
