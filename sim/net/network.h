// Network: the streams between hosts: rules -> access links -> link model -> calendar.
//
// A frame written at t leaves when the sender's uplink has sent what was written before, travels as
// the link model draws, and arrives rounded up to a whole microsecond, never before an earlier
// frame of its stream; then it passes the receiver's downlink and CPU, when those are modelled. The
// common case (no rule, shared mode) is one draw and one event.
//
// Nothing on a stream is silently lost. What a rule drops stalls the stream's direction: frames
// queue and the first is tried again after 200 ms, doubling, as TCP retransmits; when it gets
// through all follow in order. A direction stalled for 80 s (the time a dialler's gRPC keepalive
// needs to give up) breaks the stream at both ends. A stalled stream takes 64 KiB more before
// write() says no; so does an uplink with 4 MiB waiting, which then takes its streams in turn. A
// frame that reaches a host that is down,
// or a connection the receiver has closed, is dropped with a trace event.
//
// When a host crashes the far ends of its connections hear a reset behind what was in flight; when
// it stops in order, or closes, they hear an orderly close.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/ports/transport.h"
#include "sim/net/access_links.h"
#include "sim/net/dialler.h"
#include "sim/net/link_model.h"
#include "sim/net/net_event.h"
#include "sim/net/rule.h"
#include "sim/net/service_time.h"
#include "sim/net/streams.h"
#include "sim/net/virtual_transport.h"
#include "sim/net/wire_mode.h"
#include "sim/world/world.h"

namespace hearsay::sim {

struct NetworkOptions {
  LinkModel links = LinkModel(Latency::constant(kMillisecond));
  // Of each host's access link, both ways, bits per second; 0: infinite.
  std::uint64_t bandwidth_bps = 0;
  WireMode wire = WireMode::kShared;
  ServiceTimes service{};
  StreamLimits limits{};
};

class Network final : public Wire {
 public:
  // Attaches itself to `world`, which must outlive it and have no hosts yet.
  Network(World& world, NetworkOptions options);
  // Ends the world's tenants and releases what is in flight.
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // From now on dialling `endpoint` reaches `host`. A host may have several endpoints,
  // inside and outside.
  void set_endpoint(const std::string& endpoint, HostIndex host);
  // Overrides the access link of one host; bits per second, 0: infinite.
  void set_access(HostIndex host, std::uint64_t up_bps, std::uint64_t down_bps);
  LinkModel& links() { return links_; }

  // Installs `rule` behind those that are there; it goes when the guard does.
  RuleGuard install(std::unique_ptr<Rule> rule) { return rules_.install(std::move(rule)); }

  // When a message of `size` bytes sent now, beside the streams, arrives; nothing when a rule
  // swallows it. Uses the sender's uplink and random stream as a frame does. For models, as
  // an orderer's blocks.
  std::optional<Time> quote(HostIndex from, HostIndex to, std::uint32_t size);

  // Wire: for the world.
  void host_added(HostIndex host, const std::string& name) override;
  Transport& transport(HostIndex host) override { return at(host); }
  void host_started(HostIndex host, Tenant& tenant) override;
  void host_stopped(HostIndex host, StopReason reason) override;
  void on_event(const Event& event) override;
  void hint(unsigned step, const Event& event) override;
  void discard(const Event& event) override;

 private:
  friend class VirtualTransport;
  friend class Dialler;
  friend class Streams;

  VirtualTransport& at(HostIndex host) { return hosts_[raw(host)]; }

  // The parts below are in network.cc.
  bool wait_its_turn(const Event& event);
  bool passes_downlink(const Event& event);
  void put_back(const Event& event, Time through, unsigned stage);
  void deliver(const Event& event);
  void drop_arrived(const Event& event);
  void rules_changed();
  void update_plain();

  // Stamps an event with `cause`'s next key.
  void post(HostIndex cause, Time time, EventKind kind, HostIndex host, std::uint32_t slot,
            std::uint64_t payload) {
    world_.calendar().push({time, world_.next_key(cause), payload, Event::pack(host, kind), slot});
  }
  // The instant at which something sent now is at the far access link, a whole microsecond.
  Time arrival(VirtualTransport& from, HostIndex to, std::uint32_t size) {
    Time departure = world_.now();
    std::uint64_t sender_ps = 0;
    if (limited_) {
      departure = access_.send(from.host_, size, departure);
      sender_ps = access_.up_ps(from.host_);
    }
    return whole_microsecond(departure +
                             links_.travel(from.host_, to, size, sender_ps, from.random_));
  }
  std::uint64_t pack_frame(const EnvelopeRef& frame) const;
  EnvelopeRef unpack_frame(std::uint64_t payload) const;
  void release_frame(std::uint64_t payload) const;
  void trace_drop(HostIndex where, HostIndex other, MessageType type, std::uint32_t size,
                  DropReason reason);

  World& world_;
  std::deque<VirtualTransport> hosts_;
  LinkModel links_;
  AccessLinks access_;
  RuleSet rules_;
  WireMode wire_;
  ServiceTimes service_;
  // No rule, shared mode: a frame is one draw and one event.
  bool plain_ = true;
  bool limited_ = false;  // access_.limited()
  // Frames pass a downlink or a CPU before they are handed over.
  bool staged_ = false;
  bool serviced_ = false;
  std::unordered_map<std::string, HostIndex> endpoints_;
  Dialler dialler_;
  Streams streams_;
};

}  // namespace hearsay::sim
