// Short ways to make messages for tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/wire/envelope.h"

namespace hearsay::test {

inline EnvelopeRef sealed(Tag tag, std::string channel, Content content) {
  GossipMessage message;
  message.tag = tag;
  message.channel = std::move(channel);
  message.content = std::move(content);
  return Envelope::unsigned_of(std::move(message));
}

inline EnvelopeRef block(std::uint64_t number, std::string data = "block") {
  Payload payload;
  payload.seq_num = number;
  payload.data = std::move(data);
  return sealed(Tag::kChanAndOrg, "ch", DataMessage{std::move(payload)});
}

inline EnvelopeRef alive(std::string_view pki_id, PeerTime stamp) {
  AliveMessage alive;
  alive.membership.emplace();
  alive.membership->pki_id = pki_id;
  alive.timestamp = stamp;
  return sealed(Tag::kEmpty, "", std::move(alive));
}

inline EnvelopeRef state_info(std::string_view pki_id, PeerTime stamp) {
  StateInfo info;
  info.pki_id = pki_id;
  info.timestamp = stamp;
  return sealed(Tag::kChanOrOrg, "", std::move(info));
}

inline std::uint64_t block_number(const Envelope& envelope) {
  return envelope.message().get<DataMessage>()->payload->seq_num;
}

}  // namespace hearsay::test
