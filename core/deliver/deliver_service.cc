#include "core/deliver/deliver_service.h"

#include <utility>

#include <fmt/format.h>

#include "core/base/hash.h"
#include "core/deliver/deliver_v1.h"
#include "core/deliver/deliverer.h"

namespace hearsay {

DeliverService::DeliverService(Context& context, BlockSource& source, DeliverTarget& target,
                               DeliverOptions options)
    : context_(context),
      source_(source),
      target_(target),
      options_(std::move(options)),
      timer_(context.clock, *this, TimerKind::kDeliver) {}

DeliverService::~DeliverService() = default;

Result<bool> DeliverService::start(std::string_view channel, std::function<void()> finaliser) {
  if (stopping_) {
    return Error{fmt::format("Delivery service is stopping cannot join a new channel {}", channel)};
  }
  if (entries_.contains(channel)) {
    return Error{fmt::format(
        "Delivery service - block provider already exists for {} found, can't start delivery",
        channel)};
  }
  const bool v1 = options_.version != DeliverVersion::kV2;
  if (v1 && endpoints(channel).all().empty()) return Error{"no endpoints specified"};
  auto hash = tls_cert_hash();
  if (!hash) return Error{hash.error()};
  for (Due& due : due_) {
    if (due.channel == channel) due.finaliser = {};
  }
  Entry& entry = entries_[std::string(channel)];
  entry = {std::move(finaliser), make_loop(channel, std::move(hash).value())};
  entry.loop->start();
  return true;
}

Result<bool> DeliverService::stop(std::string_view channel) {
  if (stopping_) {
    return Error{
        fmt::format("Delivery service is stopping, cannot stop delivery for channel {}", channel)};
  }
  const auto found = entries_.find(channel);
  if (found == entries_.end()) {
    return Error{fmt::format(
        "Delivery service - no block provider for {} found, can't stop delivery", channel)};
  }
  found->second.loop->stop();
  // It may be this very loop that is at work now, so it lives on for a moment.
  later({found->first, {}, std::move(found->second.loop)});
  entries_.erase(found);
  return true;
}

void DeliverService::stop_all() {
  stopping_ = true;
  for (auto& [channel, entry] : entries_)
    entry.loop->stop();
}

OrdererEndpoints& DeliverService::endpoints(std::string_view channel) {
  const auto found = endpoints_.find(channel);
  if (found != endpoints_.end()) return *found->second;
  const Random random = context_.random.fork("deliver endpoints").fork(channel);
  auto made = std::make_unique<OrdererEndpoints>(random, context_.config.deliver_address_overrides);
  return *endpoints_.emplace(channel, std::move(made)).first->second;
}

std::unique_ptr<DeliverLoop> DeliverService::make_loop(std::string_view channel, std::string hash) {
  DeliverParts parts{
      context_, source_, target_, endpoints(channel), *this, std::string(channel), std::move(hash)};
  if (options_.version == DeliverVersion::kV2) return std::make_unique<Deliverer>(std::move(parts));
  return std::make_unique<DeliverV1>(std::move(parts),
                                     deliver_v1_rules(options_.version, context_.config));
}

Result<std::string> DeliverService::tls_cert_hash() const {
  const std::string& certificate = options_.client_certificate;
  if (options_.version == DeliverVersion::kV1_0) return std::string();
  if (options_.version != DeliverVersion::kV2) {
    return certificate.empty() ? std::string() : sha256_bytes(certificate);
  }
  if (!options_.client_auth_required) return std::string();
  if (certificate.empty()) {
    return Error{"failed to access client TLS configuration: there is no client certificate"};
  }
  return sha256_bytes(certificate);
}

void DeliverService::on_deliver_end(DeliverLoop& loop, bool finalise) {
  for (auto& [channel, entry] : entries_) {
    if (entry.loop.get() != &loop) continue;
    auto finaliser = std::exchange(entry.finaliser, {});
    if (finalise && finaliser) later({channel, std::move(finaliser), {}});
  }
}

void DeliverService::later(Due due) {
  due_.push_back(std::move(due));
  if (!timer_.armed()) timer_.arm_after(0);
}

void DeliverService::on_timer(TimerKind, std::uint32_t) {
  timer_.fired();
  // A finaliser may stop and start: what that makes due has its own turn.
  for (std::size_t left = due_.size(); left > 0; --left) {
    const Due due = std::move(due_.front());
    due_.pop_front();
    if (due.finaliser) due.finaliser();
  }
}

}  // namespace hearsay
