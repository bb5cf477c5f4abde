#include "core/deliver/deliver_v1_rules.h"

#include <algorithm>

#include "core/base/assert.h"

namespace hearsay {

namespace {

constexpr Duration kBudgetOfV10 = 300 * kSecond;
constexpr Duration kHour = 3600 * kSecond;

// unit x 2^power, at most `longest`.
Duration doubled(Duration unit, std::uint32_t power, Duration longest) {
  Duration pause = unit;
  for (std::uint32_t i = 0; i < power && pause < longest; ++i)
    pause *= 2;
  return std::min(pause, longest);
}

}  // namespace

Duration v1_retry_pause(std::uint32_t attempt, Duration longest) {
  return doubled(500 * kMillisecond, attempt, longest);
}

Duration v1_status_pause(std::uint32_t before) {
  return doubled(100 * kMillisecond, before, 10 * kSecond);
}

SeekInfo v1_seek_from(BlockNum height) {
  SeekInfo seek = seek_from(height);
  if (height == 0) seek.start = SeekPosition{SeekPosition::Kind::kOldest, 0};
  return seek;
}

DeliverV1Rules deliver_v1_rules(DeliverVersion version, const Config& config) {
  HS_ASSERT(version != DeliverVersion::kV2);
  const auto since = [version](DeliverVersion v) { return version >= v; };
  DeliverV1Rules rules;
  rules.follows_updates = since(DeliverVersion::kV1_1);
  rules.skips_unbegun = since(DeliverVersion::kV1_1);
  rules.open_resets_retries = since(DeliverVersion::kV1_2);
  rules.round_robin = since(DeliverVersion::kV1_4_4);
  rules.disables_endpoints = since(DeliverVersion::kV1_1) && !rules.round_robin;
  if (!since(DeliverVersion::kV1_1)) rules.seek_type = HeaderType::kConfigUpdate;
  if (since(DeliverVersion::kV1_2)) rules.dial_timeout = config.deliver_conn_timeout;

  const Duration budget =
      since(DeliverVersion::kV1_1) ? config.deliver_reconnect_total_time_threshold : kBudgetOfV10;
  const Duration longest =
      since(DeliverVersion::kV1_2) ? config.deliver_reconnect_backoff_threshold : kHour;
  const bool spent_when_reached = since(DeliverVersion::kV1_4_4);
  const bool endless = since(DeliverVersion::kV1_4_5) && config.org_leader;
  rules.policy = [=](std::uint32_t attempt, Duration waited) -> std::optional<Duration> {
    const bool spent = spent_when_reached ? waited >= budget : waited > budget;
    if (spent && !endless) return std::nullopt;
    return v1_retry_pause(attempt, longest);
  };
  return rules;
}

}  // namespace hearsay
