#include "sim/run/past_maker.h"

#include <algorithm>
#include <utility>

#include "core/wire/codec.h"
#include "sim/world/node_clock.h"

namespace hearsay::sim {

namespace {

std::uint64_t unix_time_of(Time at) { return kUnixEpoch + static_cast<std::uint64_t>(at); }

EnvelopeRef sealed(const PeerHome& home, Tag tag, Content content,
                   std::unique_ptr<SecretEnvelope> secret) {
  GossipMessage message;
  message.tag = tag;
  message.content = std::move(content);
  std::string payload = encode_message(message);
  std::string signature = home.crypto->sign(payload);
  EnvelopeRef envelope = Envelope::signed_of(std::move(message), std::move(payload),
                                             std::move(signature), std::move(secret));
  envelope->set_subject_memo(home.identity.self);
  return envelope;
}

EnvelopeRef alive_message(const PeerHome& home, const Directory& directory, Time at) {
  AliveMessage alive;
  alive.membership =
      Member{home.identity.external_endpoint, "", directory.pki_id(home.identity.self)};
  alive.timestamp = PeerTime{unix_time_of(at), 0};
  auto secret = std::make_unique<SecretEnvelope>();
  secret->payload = encode_secret(home.identity.internal_endpoint);
  secret->signature = home.crypto->sign(secret->payload);
  return sealed(home, Tag::kEmpty, std::move(alive), std::move(secret));
}

EnvelopeRef identity_message(const PeerHome& home, const Directory& directory) {
  PeerIdentity identity;
  identity.pki_id = directory.pki_id(home.identity.self);
  identity.cert = directory.identity(home.identity.self);
  return sealed(home, Tag::kEmpty, std::move(identity), nullptr);
}

EnvelopeRef state_info(const PeerHome& home, const Directory& directory, Time at,
                       ChannelIndex channel) {
  const auto chain = home.chains.find(channel);
  StateInfo info;
  info.timestamp = PeerTime{unix_time_of(at), unix_time_of(at) - 1};
  info.pki_id = directory.pki_id(home.identity.self);
  info.channel_mac = directory.channel_mac(home.identity.self, channel);
  info.properties.emplace();
  info.properties->ledger_height =
      chain == home.chains.end() ? BlockNum{1} : chain->second.height();
  EnvelopeRef envelope = sealed(home, Tag::kChanOrOrg, std::move(info), nullptr);
  envelope->set_channel_memo(channel);
  return envelope;
}

void add_state_infos(const PastPlan& plan, Past& past) {
  for (const PeerIndex p : plan.peers) {
    const PeerHome& home = plan.homes[raw(p)];
    for (const ChannelPlan* joined : home.channels) {
      if (joined->join_at > plan.at) continue;
      const ChannelIndex channel = plan.directory.find_channel(joined->name);
      auto found = std::find_if(past.channels.begin(), past.channels.end(),
                                [&](const auto& c) { return c.channel == channel; });
      if (found == past.channels.end()) {
        past.channels.push_back({channel, std::vector<EnvelopeRef>(past.members.size())});
        found = std::prev(past.channels.end());
      }
      found->state_infos[raw(p)] = state_info(home, plan.directory, plan.at, channel);
      for (const auto& [name, org] : joined->config.organizations) {
        const OrgIndex other = plan.directory.find_org(org.msp_id);
        // Who is not part of this past has met nobody in it.
        const bool present = past.met(other, other);
        if (present) past.acquainted[raw(home.identity.org) * past.org_count + raw(other)] = true;
      }
    }
  }
}

}  // namespace

Past make_past(const PastPlan& plan, Random random) {
  Past past;
  past.at = plan.at;
  past.members.resize(plan.homes.size());
  past.org_count = plan.directory.org_count();
  past.acquainted.resize(past.org_count * past.org_count);
  for (const PeerIndex p : plan.peers) {
    const PeerHome& home = plan.homes[raw(p)];
    const auto interval = static_cast<std::uint64_t>(home.config->alive_time_interval);
    past.members[raw(p)] = {alive_message(home, plan.directory, plan.at),
                            plan.at - static_cast<Duration>(random.below64(interval)),
                            !home.identity.external_endpoint.empty(),
                            home.crypto->expiration(home.crypto->identity()).value_or(0),
                            identity_message(home, plan.directory)};
    const std::size_t org = raw(home.identity.org);
    past.acquainted[org * past.org_count + org] = true;
  }
  add_state_infos(plan, past);
  return past;
}

}  // namespace hearsay::sim
