// Comm: authenticated connections to other peers (gossip/comm of Fabric v2.5.4).
//
// Above the Transport it keeps one connection per peer, shakes hands with ConnEstablish, bounds what is
// queued, drops the newest message when a send buffer is full, waits for acks, probes endpoints and says
// when a peer is presumed dead. Spec: comm.md; section numbers in the source are that page's.
//
// Comm never calls its owner from inside one of its own methods other than the transport and timer
// upcalls. What happens meanwhile (a peer presumed dead, a probe that failed at once) is queued and taken
// by the owner with next_event(), after each upcall and each batch of calls.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/gossip/context.h"
#include "core/gossip/identity.h"
#include "core/ports/transport.h"

namespace hearsay {

// A message as it reached the node: which connection, and who is at its far end.
struct Received {
  ConnId conn = kNoConn;
  PeerIndex from = kNoPeer;
  EnvelopeRef envelope;
};

}  // namespace hearsay
