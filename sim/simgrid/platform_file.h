// What is wrong with a platform file, for the person who wrote it.
//
// SimGrid judges platforms, in words of a library: often without a line, sometimes with pages. Here
// they become one line in the form of a scenario's complaints, "FILE:LINE: what is wrong; what
// would be right". What SimGrid must not see at all is found before: what it would build until the
// memory is full, configuration, with which it would write files, and code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hearsay::sim {

// Far more than the peers of any scenario.
inline constexpr std::uint64_t kMaxPlatformHosts = 200'000;

// Elements in elements; <platform> is the first.
inline constexpr int kMaxPlatformDepth = 64;

// The complaint about a file with more hosts than kMaxPlatformHosts, deeper nesting than
// kMaxPlatformDepth, a <config>, or a name that makes SimGrid run it; or nothing: then SimGrid may
// read it.
std::optional<std::string> unreadable_platform(const std::string& path);

// The complaint for what SimGrid said against the file.
std::string platform_complaint(const std::string& path, std::string_view said);

}  // namespace hearsay::sim
