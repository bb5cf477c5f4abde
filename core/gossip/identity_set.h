// Sets of identities, as IdentityInfo gives them (PeerIdentitySet of gossip/api/crypto.go).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/gossip/identity.h"

namespace hearsay {

using PeerIdentitySet = std::vector<PeerIdentityInfo>;

// By organisation, the order within each kept.
inline std::map<OrgIndex, PeerIdentitySet> by_org(const PeerIdentitySet& all) {
  std::map<OrgIndex, PeerIdentitySet> groups;
  for (const PeerIdentityInfo& info : all)
    groups[info.org].push_back(info);
  return groups;
}

// By PKI-ID; of several with the same the last one stays.
inline std::map<std::string, PeerIdentityInfo> by_id(const PeerIdentitySet& all) {
  std::map<std::string, PeerIdentityInfo> found;
  for (const PeerIdentityInfo& info : all)
    found.insert_or_assign(info.pki_id, info);
  return found;
}

// Those for which `wanted` says true, in order.
template <typename Wanted>
PeerIdentitySet filter(const PeerIdentitySet& all, Wanted&& wanted) {
  PeerIdentitySet kept;
  for (const PeerIdentityInfo& info : all) {
    if (wanted(info)) kept.push_back(info);
  }
  return kept;
}

}  // namespace hearsay
