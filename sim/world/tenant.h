// Tenant: what lives on a host, as the world sees it.
//
// A peer of Fabric's gossip is one; another protocol's peer, an orderer or a test double may be
// others. The world gives a tenant its ports and calls it; it knows nothing of what it does with
// them. Each start of a host makes a new tenant by the host's factory: what shall outlive a crash
// (a ledger) belongs to whoever made the factory.
#pragma once

#include <functional>
#include <memory>

#include "core/base/random.h"
#include "core/ports/clock.h"
#include "core/ports/transport.h"
#include "core/trace/event.h"
#include "core/trace/sink.h"
#include "sim/world/event.h"

namespace hearsay::sim {

class Tenant {
 public:
  virtual ~Tenant() = default;

  // The host came up. Clock and transport may be used from here on.
  virtual void start() = 0;

  // The host goes down. kEnd: an orderly end, the transport still works, close what is open.
  // kCrash: the connections are gone already. The tenant is destroyed right behind; its
  // timers never fire.
  virtual void stop(StopReason reason) = 0;

  // Who hears what the transport has to say.
  virtual TransportHandler& transport_handler() = 0;
};

// What a tenant is made of. The references stay valid until it is destroyed.
struct HostContext {
  HostIndex host;
  Clock& clock;
  Transport& transport;
  // A stream named after the host: the same on each start of it. Fork it by purpose.
  Random random;
  // How often the host was started before.
  std::uint32_t restarts;
};

using TenantFactory = std::function<std::unique_ptr<Tenant>(const HostContext&)>;

}  // namespace hearsay::sim
