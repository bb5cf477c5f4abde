// Messages made by hand and signed by whom the test likes; they come out as they would off the
// wire.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/ports/crypto.h"
#include "core/ports/directory.h"
#include "core/wire/envelope.h"

namespace hearsay::test {

// Whose name stands in a message; who signs it is another question.
struct Persona {
  std::string pki_id;
  std::string identity;
  std::string internal_endpoint;
  std::string external_endpoint;
};

// What arrives when these bytes were sent as an envelope's payload.
EnvelopeRef from_payload(std::string payload, std::string signature = {});
// The same for a message, unsigned and signed; with `internal_endpoint` a signed secret is added.
EnvelopeRef plain(const GossipMessage& message);
EnvelopeRef signed_by(const MessageCrypto& key, const GossipMessage& message,
                      std::string_view internal_endpoint = {});

GossipMessage with_tag(Tag tag, Content content, std::string channel = {});

GossipMessage conn_establish(const Persona& who, bool probe = false);
// Embeds the identity, as peers do in their first ten seconds.
GossipMessage alive_message(const Persona& who, PeerTime stamp);
GossipMessage membership_request(EnvelopeRef self_information);
GossipMessage membership_response(std::vector<EnvelopeRef> alive, std::vector<EnvelopeRef> dead);
GossipMessage leadership(const Persona& who, std::string channel, PeerTime stamp);
// With the channel's MAC for `who`.
GossipMessage state_info(const Persona& who, std::string_view channel, PeerTime stamp,
                         std::uint64_t height);
GossipMessage data_message(std::string channel, Payload block);

}  // namespace hearsay::test
