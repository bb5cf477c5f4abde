// What the versions 1.x of the deliver client agree on and where they differ, as data and pure
// functions.
//
// Mirrors core/deliverservice/{deliveryclient,requester}.go and
// core/deliverservice/blocksprovider/blocksprovider.go of Fabric v1.0.1 to v1.4.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "core/base/time.h"
#include "core/deliver/deliver_version.h"
#include "core/gossip/config.h"
#include "core/wire/deliver.h"

namespace hearsay {

// How long to pause after failure `attempt` (from 1) of one read, during which the pauses so far
// took `waited`; nullopt: give up.
using RetryPolicy = std::function<std::optional<Duration>(std::uint32_t attempt, Duration waited)>;

// So many BAD_REQUEST and FORBIDDEN in a row are borne; the next one ends the delivery.
inline constexpr std::uint32_t kMostBadStatuses = 10;

struct DeliverV1Rules {
  RetryPolicy policy;
  Duration dial_timeout = 3 * kSecond;
  HeaderType seek_type = HeaderType::kDeliverSeekInfo;
  bool follows_updates = true;  // of the channel's endpoints
  // For a while, after a status other than SUCCESS and BAD_REQUEST.
  bool disables_endpoints = false;
  bool round_robin = false;  // else each connection tries them in an order of its own
  bool open_resets_retries = false;
  bool skips_unbegun = true;  // no finaliser when it is stopped before it began
};

// `version` is one of 1.x.
DeliverV1Rules deliver_v1_rules(DeliverVersion version, const Config& config);

// 1, 2, 4 ... s after the first, second, third failure, at most `longest`.
Duration v1_retry_pause(std::uint32_t attempt, Duration longest);
// 100, 200, 400 ... ms, at most 10 s, before the connection is given up because of a status;
// `before`: how many such pauses there were since the last block.
Duration v1_status_pause(std::uint32_t before);

// From `height` on; from the oldest block when there is none.
SeekInfo v1_seek_from(BlockNum height);

}  // namespace hearsay
