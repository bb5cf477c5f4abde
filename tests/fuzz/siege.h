// Siege: one whole node, its friends, and attackers that send it one frame after the other.
//
// Every frame has a fate that is counted: used, duplicate, rejected with a reason, or never read
// because the stream was over. A frame that vanishes otherwise is a mistake of the node (or of this
// accounting), as is one that was used though nobody may send it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/trace/sink.h"
#include "tests/support/stage.h"

namespace hearsay::test {

enum class Fate : std::uint8_t {
  kUsed,
  kDuplicate,
  kRejected,
  kNotRead,     // the stream was over when it came
  kUnaccounted  // a bug
};
inline constexpr std::size_t kFates = 5;

struct Verdict {
  Fate fate = Fate::kUnaccounted;
  RejectReason reason{};  // of kRejected: the first one
};

class Siege final : private TraceSink {
 public:
  // org1/0 is the victim. In channel ch1: org1/0..2 and org2/0, sound; org1/3 and org2/1,
  // attackers. Outside: the attacker org3/0.
  explicit Siege(std::uint64_t seed, sim::WireMode wire = sim::WireMode::kShared);

  PeerIndex victim() const { return PeerIndex{0}; }
  const std::vector<PeerIndex>& attackers() const { return attackers_; }
  Stage& stage() { return stage_; }
  Node& node() { return stage_.node(victim()); }

  // Sends `frame` to the victim, over a stream that `attacker` has shaken hands on (opened now if
  // there is none), and lets it arrive.
  Verdict shoot(PeerIndex attacker, const EnvelopeRef& frame);
  // Sends `frame` first on a new stream, in place of a ConnEstablish; closes the stream.
  Verdict shoot_first(PeerIndex attacker, const EnvelopeRef& frame);

  // A frame that came to the attacker; takes it.
  std::optional<EnvelopeRef> heard();

  // Is the victim at its work? It commits a fresh block that a friend pushes, and holds its friends
  // for alive. The answer is what is wrong; "" when nothing is.
  std::string trouble();

  // What was shot, by kind and fate, and the rejected ones by reason.
  std::array<std::array<std::uint64_t, kFates>, kContentKinds + 1> by_kind{};
  std::array<std::uint64_t, kFates> by_fate{};
  std::array<std::uint64_t, kRejectReasons> by_reason{};
  std::string table() const;

 private:
  // What the victim said of the frame under way.
  struct Watch {
    Watch(PeerIndex who, bool is_first) : attacker(who), first(is_first) {}
    PeerIndex attacker;
    bool first;  // on its stream
    bool delivered = false;
    bool opened = false;
    bool dropped = false;
    bool duplicate = false;
    std::optional<RejectReason> reason;
  };

  void on_event(const TraceEvent& event) override;
  void listen(PeerIndex attacker);
  ConnId ready_stream(PeerIndex attacker);
  Verdict judge(const Envelope& frame, bool first) const;
  Verdict count(const Envelope& frame, Verdict verdict);

  Watch watch_{kNoPeer, false};
  Stage stage_;
  std::vector<PeerIndex> attackers_;
  // The attackers' streams on which the victim has said who it is.
  std::map<PeerIndex, std::set<ConnId>> victim_streams_;
  std::vector<EnvelopeRef> heard_;
};

const char* fate_name(Fate fate);

}  // namespace hearsay::test
