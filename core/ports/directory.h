// Directory: the names of the wire and the dense indices used inside.
//
// One per process. It maps PKI-ID <-> PeerIndex, organisation (MSP id) <-> OrgIndex and channel
// name <-> ChannelIndex, and keeps the one copy of each identity's bytes. It holds names only:
// which peers a node knows, trusts or believes alive is that node's own state. So sharing a
// Directory between the nodes of a simulation leaks no knowledge. Elections and tie-breaks compare
// PKI-ID bytes, never indices.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/hash.h"
#include "core/base/ids.h"
#include "core/wire/digests.h"
#include "core/wire/envelope.h"

namespace hearsay {

class Directory final : public IdNames {
 public:
  // Gives the peer of this identity an index, or returns the one it has. `pki_id` must be the
  // identity's.
  PeerIndex intern_peer(std::string_view pki_id, std::string_view identity, OrgIndex org);
  OrgIndex intern_org(std::string_view msp_id);
  ChannelIndex intern_channel(std::string_view name);

  // kNoPeer / kNoOrg / kNoChannel when the name was never interned.
  PeerIndex find_peer(std::string_view pki_id) const;
  OrgIndex find_org(std::string_view msp_id) const;
  ChannelIndex find_channel(std::string_view name) const;

  // REQUIRES: an index handed out by this Directory.
  const std::string& pki_id(PeerIndex p) const { return peers_[raw(p)].pki_id; }
  // The PKI-ID again, for digests of identities.
  std::string_view id_of(PeerIndex p) const override { return pki_id(p); }
  const std::string& identity(PeerIndex p) const { return peers_[raw(p)].identity; }
  OrgIndex org(PeerIndex p) const { return orgs_of_peers_[raw(p)]; }
  const std::string& org_name(OrgIndex o) const { return org_names_[raw(o)]; }
  const std::string& channel_name(ChannelIndex c) const { return channel_names_[raw(c)]; }

  std::size_t peer_count() const { return peers_.size(); }
  std::size_t org_count() const { return org_names_.size(); }
  std::size_t channel_count() const { return channel_names_.size(); }

  // Who an alive, state-info or leadership message speaks about; kNoPeer when the PKI-ID is
  // unknown. Remembered on the envelope.
  PeerIndex subject(const Envelope& envelope) const {
    const PeerIndex memo = envelope.subject_memo();
    return memo != kNoPeer ? memo : resolve_subject(envelope);
  }

  // The channel whose MAC for the message's subject a state-info message carries; kNoChannel when
  // none of the interned channels matches. Remembered on the envelope.
  ChannelIndex channel_of_state_info(const Envelope& envelope) const;

  // MAC(peer, channel) = SHA-256(pki_id ‖ name), computed once. Fabric: channel.GenerateMAC.
  const std::string& channel_mac(PeerIndex p, ChannelIndex c) const;

 private:
  struct PeerName {
    std::string pki_id;
    std::string identity;
  };
  struct ByText {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return hash_bytes(s); }
  };
  template <typename Id>
  using Names = std::unordered_map<std::string, Id, ByText, std::equal_to<>>;

  PeerIndex resolve_subject(const Envelope& envelope) const;

  std::vector<PeerName> peers_;
  std::vector<OrgIndex> orgs_of_peers_;
  std::vector<std::string> org_names_;
  std::vector<std::string> channel_names_;
  // [channel][peer], "" until asked for; deques, because references were handed out.
  mutable std::deque<std::deque<std::string>> macs_;
  Names<PeerIndex> peer_of_pki_;
  Names<OrgIndex> org_of_name_;
  Names<ChannelIndex> channel_of_name_;
};

}  // namespace hearsay
