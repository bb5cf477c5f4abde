#include "tests/support/forge.h"

#include <memory>

#include "core/base/hash.h"
#include "core/wire/codec.h"

namespace hearsay::test {

EnvelopeRef from_payload(std::string payload, std::string signature) {
  return Envelope::received(std::move(payload), std::move(signature), nullptr, "");
}

EnvelopeRef plain(const GossipMessage& message) { return from_payload(encode_message(message)); }

EnvelopeRef signed_by(const MessageCrypto& key, const GossipMessage& message,
                      std::string_view internal_endpoint) {
  std::string payload = encode_message(message);
  std::string signature = key.sign(payload);
  std::unique_ptr<SecretEnvelope> secret;
  if (!internal_endpoint.empty()) {
    secret = std::make_unique<SecretEnvelope>();
    secret->payload = encode_secret(internal_endpoint);
    secret->signature = key.sign(secret->payload);
  }
  return Envelope::received(std::move(payload), std::move(signature), std::move(secret), "");
}

GossipMessage with_tag(Tag tag, Content content, std::string channel) {
  GossipMessage message;
  message.channel = std::move(channel);
  message.tag = tag;
  message.content = std::move(content);
  return message;
}

GossipMessage conn_establish(const Persona& who, bool probe) {
  return with_tag(Tag::kEmpty, ConnEstablish{who.pki_id, who.identity, "", probe});
}

GossipMessage alive_message(const Persona& who, PeerTime stamp) {
  return with_tag(Tag::kEmpty,
                  AliveMessage{Member{who.external_endpoint, "", who.pki_id}, stamp, who.identity});
}

GossipMessage membership_request(EnvelopeRef self_information) {
  return with_tag(Tag::kEmpty, MembershipRequest{std::move(self_information), {}});
}

GossipMessage membership_response(std::vector<EnvelopeRef> alive, std::vector<EnvelopeRef> dead) {
  return with_tag(Tag::kEmpty, MembershipResponse{std::move(alive), std::move(dead)});
}

GossipMessage leadership(const Persona& who, std::string channel, PeerTime stamp) {
  return with_tag(Tag::kChanAndOrg, LeadershipMessage{who.pki_id, stamp, true}, std::move(channel));
}

GossipMessage state_info(const Persona& who, std::string_view channel, PeerTime stamp,
                         std::uint64_t height) {
  StateInfo info;
  info.timestamp = stamp;
  info.pki_id = who.pki_id;
  info.channel_mac = sha256_bytes(who.pki_id, channel);
  info.properties = Properties{height, false, {}};
  return with_tag(Tag::kChanOrOrg, std::move(info));
}

GossipMessage data_message(std::string channel, Payload block) {
  return with_tag(Tag::kChanAndOrg, DataMessage{std::move(block)}, std::move(channel));
}

}  // namespace hearsay::test
