// FrameMaker: frames as a malicious member would make them, from sound to senseless.
//
// Structured: messages of every kind addressed to every engine, true to form but for a part that is
// missing or somebody else's; the same with bytes changed, signed again or not; what was overheard,
// replayed or changed; the recorded vectors; random messages; envelopes in envelopes; random bytes.
// An attacker signs with its own key only.
#pragma once

#include <string>
#include <vector>

#include "core/base/random.h"
#include "tests/support/stage.h"

namespace hearsay::test {

class FrameMaker {
 public:
  FrameMaker(Stage& stage, Random random);

  // A frame for an authenticated connection of `attacker`.
  EnvelopeRef make(PeerIndex attacker);
  // A first frame, in place of a ConnEstablish.
  EnvelopeRef make_hello(PeerIndex attacker);
  // Something an attacker was sent, for later use.
  void overhear(const EnvelopeRef& frame);

  // A message of this kind that is true to form but perhaps for one part.
  GossipMessage sound(PeerIndex attacker, ContentKind kind);
  // Signed by the attacker, mostly.
  EnvelopeRef seal(PeerIndex attacker, std::string payload);

 private:
  std::string mutate(std::string bytes);
  EnvelopeRef replayed(PeerIndex attacker);
  EnvelopeRef nested(PeerIndex attacker);

  Content sound_content(PeerIndex attacker, ContentKind kind);
  Content channel_content(PeerIndex attacker, ContentKind kind);
  Content alive(PeerIndex attacker);
  Content state_info_of(PeerIndex attacker);
  EnvelopeRef element(PeerIndex attacker);
  std::vector<EnvelopeRef> elements(PeerIndex attacker, ContentKind kind);
  Payload block();
  PeerTime stamp();
  const Persona& somebody(PeerIndex attacker);
  PullMsgType pull_type() { return one_in(2) ? PullMsgType::kBlock : PullMsgType::kIdentity; }

  bool one_in(std::uint32_t n) { return random_.below(n) == 0; }
  template <typename T>
  const T& any_of(const std::vector<T>& items) {
    return items[random_.below(static_cast<std::uint32_t>(items.size()))];
  }

  Stage& stage_;
  Random random_;
  std::vector<Persona> personas_;            // by PeerIndex
  const std::vector<std::string>& vectors_;  // payloads
  std::vector<EnvelopeRef> overheard_;       // a ring
  std::size_t next_overheard_ = 0;
  std::uint64_t sequence_ = 0;
};

}  // namespace hearsay::test
