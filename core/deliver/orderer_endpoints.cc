#include "core/deliver/orderer_endpoints.h"

#include <algorithm>

#include "core/base/hash.h"

namespace hearsay {

namespace {

// Quirk: without separators, so what ends one address may begin the next.
std::string hash_of(const OrdererOrg& org) {
  std::string all;
  for (const std::string& cert : org.root_certs)
    all += cert;
  for (const std::string& address : org.addresses)
    all += address;
  return sha256_bytes(all);
}

}  // namespace

OrdererEndpoints::OrdererEndpoints(Random random, const std::vector<EndpointOverride>& overrides)
    : random_(random) {
  for (const EndpointOverride& entry : overrides)
    overrides_.insert_or_assign(entry.from, entry);
}

Result<OrdererEndpointRef> OrdererEndpoints::random_endpoint() {
  if (endpoints_.empty()) return Error{"no endpoints currently defined"};
  return endpoints_[random_.below(static_cast<std::uint32_t>(endpoints_.size()))];
}

bool OrdererEndpoints::update(std::span<const std::string> global_addresses,
                              const OrdererOrgs& orgs) {
  bool changed = note_orgs(orgs);
  const bool of_orgs =
      std::ranges::any_of(orgs, [](const auto& entry) { return !entry.second.addresses.empty(); });
  if (!of_orgs && !changed) changed = !lists(global_addresses);
  if (!changed) return false;

  for (const OrdererEndpointRef& old : endpoints_)
    old->refreshed_ = true;
  endpoints_.clear();
  std::vector<std::string> all_certs;
  for (const auto& [name, org] : orgs) {
    all_certs.insert(all_certs.end(), org.root_certs.begin(), org.root_certs.end());
    for (const std::string& address : org.addresses)
      put(address, org.root_certs);
  }
  if (!of_orgs) {
    for (const std::string& address : global_addresses)
      put(address, all_certs);
  }
  for (Listener* listener : listeners_)
    listener->on_endpoints_refreshed();
  return true;
}

// True when an organisation is new, gone or another than before.
bool OrdererEndpoints::note_orgs(const OrdererOrgs& orgs) {
  std::map<std::string, std::string, std::less<>> hashes;
  for (const auto& [name, org] : orgs)
    hashes.emplace(name, hash_of(org));
  const bool changed = hashes != org_hashes_;
  org_hashes_ = std::move(hashes);
  return changed;
}

// Whether these are the present endpoints, in any order. Quirk: as sets, if equally many.
bool OrdererEndpoints::lists(std::span<const std::string> global_addresses) const {
  if (global_addresses.size() != endpoints_.size()) return false;
  return std::ranges::all_of(global_addresses, [this](const std::string& address) {
    return std::ranges::any_of(
        endpoints_, [&](const OrdererEndpointRef& known) { return known->address == address; });
  });
}

void OrdererEndpoints::put(const std::string& address, const std::vector<std::string>& root_certs) {
  const auto found = overrides_.find(address);
  if (found == overrides_.end()) return put_as_it_is(address, root_certs);
  std::vector<std::string> certs;
  const EndpointOverride& entry = found->second;
  if (!entry.ca_certs_file.empty()) certs.push_back(entry.ca_certs_file);
  put_as_it_is(entry.to, std::move(certs));
}

void OrdererEndpoints::put_as_it_is(const std::string& address,
                                    std::vector<std::string> root_certs) {
  const auto next = static_cast<std::uint32_t>(numbers_.size());
  const std::uint32_t number = numbers_.try_emplace(address, next).first->second;
  endpoints_.emplace_back(new OrdererEndpoint(address, std::move(root_certs), number));
}

}  // namespace hearsay
