// How numbers and peers are written for people.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/ids.h"
#include "core/trace/facts.h"

namespace hearsay::analysis {

// "16 ms", "11.2 s", "850 us", "never", "nothing".
std::string seconds_text(double seconds);
// Four significant digits without an exponent where that is readable: "0.9441", "2820",
// "1.234e+09".
std::string number_text(double value);
// "12.3 k", "1.5 M".
std::string count_text(double value);
// "7.4 KiB".
std::string bytes_text(double bytes);
// "1 peer", "2 peers".
std::string plural(std::uint64_t count, const char* what);
// "org1/3", or "peer 17" outside the facts.
std::string peer_text(const RunFacts& facts, PeerIndex p);
std::string channel_text(const RunFacts& facts, ChannelIndex c);

}  // namespace hearsay::analysis
