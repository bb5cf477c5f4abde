// Describe: the one canonical line per message and envelope, for logs, golden conversations and
// errors.
//
// Mirrors the String methods of gossip/protoext/stringers.go in purpose. The line is terse and
// stable:
//
//   AliveMsg EMPTY p=ab12cd34 ep=p0:7051 t=1.2 id secret=i0:7051 sig=120B
//
// Kind (a pull message with what it pulls), tag, outer nonce, channel, the content's fields, and
// for an envelope the secret's endpoint and the signature's length. PKI-IDs and MACs are cut to
// four bytes of hexadecimal. Neither payload nor signature bytes are ever printed, only their
// sizes; text from the wire is escaped; absent sub-messages are left out.
#pragma once

#include <string>

#include "core/wire/envelope.h"
#include "core/wire/message.h"

namespace hearsay {

std::string describe(const GossipMessage& message);
std::string describe(const Envelope& envelope);

// The first four bytes in hexadecimal; "-" when empty.
std::string short_hex(std::string_view bytes);

}  // namespace hearsay
