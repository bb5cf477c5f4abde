// A message as Fabric's Go structs print it in the vectors, to compare values field by field.
#pragma once

#include <nlohmann/json.hpp>

#include "core/wire/envelope.h"

namespace hearsay {

nlohmann::json go_json(const GossipMessage& message);
nlohmann::json go_json(const Envelope& envelope);

// Go tells nil, empty bytes and empty lists apart where the wire does not: drops all three.
// Collection configs are kept as the one fact that they are there.
nlohmann::json canonical_go_json(nlohmann::json value);

}  // namespace hearsay
