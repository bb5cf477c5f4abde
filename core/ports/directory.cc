#include "core/ports/directory.h"

namespace hearsay {

PeerIndex Directory::intern_peer(std::string_view pki_id, std::string_view identity, OrgIndex org) {
  if (const PeerIndex known = find_peer(pki_id); known != kNoPeer) return known;
  const PeerIndex p = peer_index(peers_.size());
  peers_.push_back({std::string(pki_id), std::string(identity)});
  orgs_of_peers_.push_back(org);
  peer_of_pki_.emplace(std::string(pki_id), p);
  return p;
}

OrgIndex Directory::intern_org(std::string_view msp_id) {
  if (const OrgIndex known = find_org(msp_id); known != kNoOrg) return known;
  const OrgIndex o{static_cast<std::uint16_t>(org_names_.size())};
  org_names_.emplace_back(msp_id);
  org_of_name_.emplace(std::string(msp_id), o);
  return o;
}

ChannelIndex Directory::intern_channel(std::string_view name) {
  if (const ChannelIndex known = find_channel(name); known != kNoChannel) return known;
  const ChannelIndex c{static_cast<std::uint16_t>(channel_names_.size())};
  channel_names_.emplace_back(name);
  channel_of_name_.emplace(std::string(name), c);
  return c;
}

PeerIndex Directory::find_peer(std::string_view pki_id) const {
  const auto it = peer_of_pki_.find(pki_id);
  return it == peer_of_pki_.end() ? kNoPeer : it->second;
}

OrgIndex Directory::find_org(std::string_view msp_id) const {
  const auto it = org_of_name_.find(msp_id);
  return it == org_of_name_.end() ? kNoOrg : it->second;
}

ChannelIndex Directory::find_channel(std::string_view name) const {
  const auto it = channel_of_name_.find(name);
  return it == channel_of_name_.end() ? kNoChannel : it->second;
}

PeerIndex Directory::resolve_subject(const Envelope& envelope) const {
  const PeerIndex p = find_peer(envelope.subject_pki_id());
  if (p != kNoPeer) envelope.set_subject_memo(p);
  return p;
}

const std::string& Directory::channel_mac(PeerIndex p, ChannelIndex c) const {
  if (macs_.size() < channel_names_.size()) macs_.resize(channel_names_.size());
  std::deque<std::string>& of_channel = macs_[raw(c)];
  if (of_channel.size() < peers_.size()) of_channel.resize(peers_.size());
  std::string& mac = of_channel[raw(p)];
  if (mac.empty()) mac = sha256_bytes(pki_id(p), channel_name(c));
  return mac;
}

ChannelIndex Directory::channel_of_state_info(const Envelope& envelope) const {
  if (envelope.channel_memo() != kNoChannel) return envelope.channel_memo();
  const auto* info = envelope.message().get<StateInfo>();
  const PeerIndex owner = subject(envelope);
  if (info == nullptr || owner == kNoPeer) return kNoChannel;
  for (std::size_t i = 0; i < channel_names_.size(); ++i) {
    const ChannelIndex c{static_cast<std::uint16_t>(i)};
    if (channel_mac(owner, c) == info->channel_mac) {
      envelope.set_channel_memo(c);
      return c;
    }
  }
  return kNoChannel;
}

}  // namespace hearsay
