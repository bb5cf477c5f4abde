// OrdererEndpoints: where the orderers of one channel are, as its configuration says.
//
// Mirrors internal/pkg/peer/orderers/connection.go (ConnectionSource) of Fabric v2.5.4. Who holds
// an endpoint is told when the configuration made it obsolete; Fabric does so on purpose even for
// endpoints that stay, to spread the peers anew.
//
// Quirk: addresses that two organisations list are picked twice as often, and a global address
// that is overridden counts as changed with every update.
//
// Divergence: the certificates of an override are the name of their file, which nobody reads
// (EndpointOverride).
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/random.h"
#include "core/base/ref.h"
#include "core/base/result.h"
#include "core/gossip/config.h"

namespace hearsay {

class OrdererEndpoint final : public RefCounted<OrdererEndpoint> {
 public:
  OrdererEndpoint(std::string where, std::vector<std::string> roots, std::uint32_t index)
      : address(std::move(where)), root_certs(std::move(roots)), number(index) {}

  const std::string address;                  // host:port
  const std::vector<std::string> root_certs;  // of its TLS certificate
  // The how-manieth address this peer learned of for the channel, from 0: its name in traces.
  const std::uint32_t number;
  // A later configuration has replaced it: its user must take another.
  bool refreshed() const { return refreshed_; }

 private:
  friend class OrdererEndpoints;
  mutable bool refreshed_ = false;
};
using OrdererEndpointRef = Ref<const OrdererEndpoint>;

// What the channel's configuration says of one organisation of the ordering service.
struct OrdererOrg {
  std::vector<std::string> addresses{};
  std::vector<std::string> root_certs{};
};
using OrdererOrgs = std::map<std::string, OrdererOrg, std::less<>>;

class OrdererEndpoints {
 public:
  // Hears that all endpoints were refreshed. It is called from inside update(), and only enqueues.
  class Listener {
   public:
    virtual void on_endpoints_refreshed() = 0;

   protected:
    ~Listener() = default;
  };

  // Of two overrides for one address the later one counts.
  explicit OrdererEndpoints(Random random, const std::vector<EndpointOverride>& overrides = {});
  OrdererEndpoints(const OrdererEndpoints&) = delete;
  OrdererEndpoints& operator=(const OrdererEndpoints&) = delete;

  // Any of them, each with the same chance, whatever happened with it before. An error when there
  // are none.
  Result<OrdererEndpointRef> random_endpoint();
  std::span<const OrdererEndpointRef> all() const { return endpoints_; }

  // Takes in a configuration of the channel. The addresses of organisations count if any has one,
  // else the global ones with the certificates of all organisations. False when nothing changed.
  bool update(std::span<const std::string> global_addresses, const OrdererOrgs& orgs);

  // Listeners outlive this or remove themselves.
  void add(Listener& listener) { listeners_.push_back(&listener); }
  void remove(Listener& listener) { std::erase(listeners_, &listener); }

 private:
  bool note_orgs(const OrdererOrgs& orgs);
  bool lists(std::span<const std::string> global_addresses) const;
  // Adds an endpoint: what overrides it, or itself.
  void put(const std::string& address, const std::vector<std::string>& root_certs);
  void put_as_it_is(const std::string& address, std::vector<std::string> root_certs);

  Random random_;
  std::map<std::string, EndpointOverride, std::less<>> overrides_;  // by the address they replace
  std::map<std::string, std::string, std::less<>> org_hashes_;
  std::vector<OrdererEndpointRef> endpoints_;
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
  std::vector<Listener*> listeners_;
};

}  // namespace hearsay
