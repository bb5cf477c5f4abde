// DeliverVersion: whose deliver client a peer runs.
#pragma once

#include <cstdint>

namespace hearsay {

// Of the releases between two of these each behaves as the one before.
enum class DeliverVersion : std::uint8_t {
  kV1_0,    // 1.0.1: five minutes of retries, no TLS binding
  kV1_1,    // an hour; endpoints follow the configuration and may be disabled for a while
  kV1_2,    // a connection that opens resets the retries; time limits can be configured
  kV1_4_4,  // endpoints in turn, none is disabled
  kV1_4_5,  // a static leader never gives up
  kV2,      // 2.2 to 2.5: rewritten
};

}  // namespace hearsay
