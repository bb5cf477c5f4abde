#include "sim/net/network.h"

#include <algorithm>
#include <utility>

#include "core/base/prefetch.h"
#include "core/wire/codec.h"
#include "sim/net/net_event.h"

namespace hearsay::sim {

Network::Network(World& world, NetworkOptions options)
    : world_(world),
      links_(std::move(options.links)),
      rules_([this] { rules_changed(); }),
      wire_(options.wire),
      service_(options.service),
      serviced_(options.service.any()),
      dialler_(*this),
      streams_(*this, options.limits) {
  access_.set_default(options.bandwidth_bps);
  update_plain();
  world.attach(*this);
}

Network::~Network() { world_.shut_down(); }

void Network::set_endpoint(const std::string& endpoint, HostIndex host) {
  endpoints_.insert_or_assign(endpoint, host);
}

void Network::set_access(HostIndex host, std::uint64_t up_bps, std::uint64_t down_bps) {
  access_.set(host, up_bps, down_bps);
  update_plain();
}

void Network::update_plain() {
  plain_ = rules_.empty() && wire_ == WireMode::kShared;
  limited_ = access_.limited();
  staged_ = limited_ || serviced_;
}

void Network::rules_changed() {
  update_plain();
  streams_.release_holds();
}

// --- hosts ---

void Network::host_added(HostIndex host, const std::string& name) {
  HS_ASSERT(raw(host) == hosts_.size());
  hosts_.emplace_back(*this, host, world_.random().fork("network").fork(name));
  access_.add_host();
  update_plain();
}

void Network::host_started(HostIndex host, Tenant& tenant) {
  at(host).handler_ = &tenant.transport_handler();
}

void Network::host_stopped(HostIndex host, StopReason reason) {
  VirtualTransport& transport = at(host);
  streams_.host_stopped(transport, reason);
  transport.handler_ = nullptr;
}

// --- sending ---

ConnId VirtualTransport::dial(std::string_view endpoint) {
  if (!up()) return kNoConn;
  return network_.dialler_.dial(*this, endpoint);
}

void VirtualTransport::ping(ConnId conn) {
  if (up()) network_.dialler_.ping(*this, conn);
}

void VirtualTransport::open_stream(ConnId conn) {
  if (up()) network_.streams_.open(*this, conn);
}

bool VirtualTransport::write(ConnId id, const EnvelopeRef& frame) {
  Conn* conn = conns_.find(id);
  Network& network = network_;
  if (conn == nullptr || !conn->plain() || !network.plain_ ||
      (network.limited_ && !network.streams_.uplink_clear(*this))) {
    return !up() || network.streams_.write(*this, id, frame);
  }
  const HostIndex to = conn->far_host;
  const Time arrival = std::max(network.arrival(*this, to, frame->wire_size()), conn->last_arrival);
  conn->last_arrival = arrival;
  EnvelopeRef share = frame;
  network.post(host_, arrival, net_event::kFrame, to, raw(conn->far_conn),
               payload_of(share.detach()));
  return true;
}

bool VirtualTransport::write_fails(ConnId id) const {
  const Conn* conn = conns_.find(id);
  return conn == nullptr || conn->state == ConnState::kEnded;
}

void VirtualTransport::close(ConnId conn) {
  if (up()) network_.streams_.close(*this, conn);
}

std::optional<Time> Network::quote(HostIndex from, HostIndex to, std::uint32_t size) {
  Duration delay = 0;
  if (!rules_.empty()) {
    const Verdict verdict = rules_.judge({from, to, FrameKind::kOther, size}, world_.now());
    if (!verdict.travels()) return std::nullopt;
    delay = verdict.delay;
  }
  return arrival(at(from), to, size) + delay;
}

// --- frames as payloads ---

std::uint64_t Network::pack_frame(const EnvelopeRef& frame) const {
  if (wire_ == WireMode::kShared) {
    EnvelopeRef share = frame;
    return payload_of(share.detach());
  }
  auto encoded = std::make_unique<EncodedFrame>(
      EncodedFrame{encode_envelope(*frame), frame->kind(), frame->type()});
  HS_ASSERT_MSG(encoded->bytes.size() == frame->wire_size(), "wire_size() must be exact");
  return payload_of(encoded.release());
}

EnvelopeRef Network::unpack_frame(std::uint64_t payload) const {
  if (wire_ == WireMode::kShared) {
    return EnvelopeRef::adopt(pointer_in<const Envelope>(payload));
  }
  const std::unique_ptr<EncodedFrame> encoded(pointer_in<EncodedFrame>(payload));
  auto decoded = decode_envelope(encoded->bytes);
  HS_ASSERT_MSG(decoded.ok(), "what was encoded must decode");
  return std::move(decoded).value();
}

void Network::release_frame(std::uint64_t payload) const {
  if (wire_ == WireMode::kShared) {
    static_cast<void>(EnvelopeRef::adopt(pointer_in<const Envelope>(payload)));
  } else {
    delete pointer_in<EncodedFrame>(payload);
  }
}

// --- arriving ---

void Network::hint(unsigned step, const Event& event) {
  if (event.kind() != net_event::kFrame) return;
  const VirtualTransport& transport = at(event.host());
  const auto* envelope = pointer_in<const Envelope>(event.payload);
  if (step == 0) {
    prefetch_line(&transport);
    prefetch_line(envelope);
    return;
  }
  if (step == 1) transport.conns_.prefetch(ConnId{event.slot});
  if (!transport.up()) return;
  if (step == 1) return prefetch_line(transport.handler_);
  transport.handler_->prefetch(step - 2, ConnId{event.slot},
                               wire_ == WireMode::kShared ? envelope : nullptr);
}

void Network::on_event(const Event& event) {
  const EventKind kind = bare_kind(event.kind());
  if (kind == net_event::kFrame) [[likely]] {
    if (staged_ && (serviced_ || wire_ == WireMode::kBytes || stage_of(event.kind()) != 0
                        ? wait_its_turn(event)
                        : !passes_downlink(event))) {
      return;
    }
    deliver(event);
    return;
  }
  if (kind <= net_event::kPong && staged_ && wait_its_turn(event)) return;
  if (kind == net_event::kOpen) return streams_.on_open(event);
  if (kind == net_event::kClose) return streams_.on_end(event, StreamEnd::kRemoteClosed);
  if (kind == net_event::kReset) return streams_.on_end(event, StreamEnd::kBroken);
  if (kind == net_event::kPing) return dialler_.on_ping(event);
  if (kind == net_event::kPong) return dialler_.on_pong(event);
  if (kind == net_event::kSyn) return dialler_.on_syn(event);
  if (kind == net_event::kSynAck) return dialler_.on_syn_ack(event);
  if (kind == net_event::kRefused) return dialler_.on_refused(event);
  if (kind == net_event::kDialAgain) return dialler_.on_dial_again(event);
  if (kind == net_event::kRetransmit) return streams_.on_retransmit(event);
  if (kind == net_event::kGiveUp) return streams_.on_give_up(event);
  if (kind == net_event::kUplink) return streams_.on_uplink(event);
  HS_ASSERT(kind == net_event::kRoom);
  streams_.on_room(event);
}

// The usual case of wait_its_turn(): an envelope, a downlink, no CPU. True: it is through already.
bool Network::passes_downlink(const Event& event) {
  const auto* envelope = pointer_in<const Envelope>(event.payload);
  const Time now = world_.now();
  const Time through =
      access_.receive(event.host(), envelope->wire_size(), access_.up_ps(sender_of(event)), now);
  if (through == now) return true;
  put_back(event, through, 1);
  return false;
}

void Network::put_back(const Event& event, Time through, unsigned stage) {
  Event later = event;
  later.time = whole_microsecond(through);
  later.host_and_kind = Event::pack(event.host(), with_stage(event.kind(), stage));
  world_.calendar().push(later);
}

// Leads what arrived through the downlink and the CPU, both first in, first out. True: the event
// was put back into the calendar for the time when it is through, under its own key, so that
// order is kept.
bool Network::wait_its_turn(const Event& event) {
  const Time now = world_.now();
  const bool is_frame = bare_kind(event.kind()) == net_event::kFrame;
  ContentKind content = ContentKind::kNone;
  std::uint32_t size = 0;
  if (is_frame && wire_ == WireMode::kShared) {
    const auto* envelope = pointer_in<const Envelope>(event.payload);
    content = envelope->kind();
    size = envelope->wire_size();
  } else if (is_frame) {
    const auto* encoded = pointer_in<const EncodedFrame>(event.payload);
    content = encoded->kind;
    size = static_cast<std::uint32_t>(encoded->bytes.size());
  }
  unsigned stage = stage_of(event.kind());
  Time through = now;
  if (stage == 0) {
    stage = 1;
    if (access_.limited()) {
      through = access_.receive(event.host(), size, access_.up_ps(sender_of(event)), now);
    }
  }
  if (through == now && stage == 1) {
    stage = 2;
    if (serviced_) {
      Time& free = at(event.host()).cpu_free_;
      free = std::max(free, now) + service_.of(content);
      through = free;
    }
  }
  if (through == now) return false;
  put_back(event, through, stage);
  return true;
}

void Network::deliver(const Event& event) {
  VirtualTransport& transport = at(event.host());
  const Conn* conn = transport.conns_.find(ConnId{event.slot});
  if (conn == nullptr || conn->state != ConnState::kOpen || !transport.up()) [[unlikely]] {
    drop_arrived(event);
    return;
  }
  transport.handler_->on_frame(ConnId{event.slot}, unpack_frame(event.payload));
}

void Network::drop_arrived(const Event& event) {
  MessageType type{};
  std::uint32_t size = 0;
  if (wire_ == WireMode::kShared) {
    const auto* envelope = pointer_in<const Envelope>(event.payload);
    type = envelope->type();
    size = envelope->wire_size();
  } else {
    const auto* encoded = pointer_in<const EncodedFrame>(event.payload);
    type = encoded->type;
    size = static_cast<std::uint32_t>(encoded->bytes.size());
  }
  trace_drop(event.host(), sender_of(event), type, size,
             at(event.host()).up() ? DropReason::kConnectionClosed : DropReason::kNodeStopped);
  release_frame(event.payload);
}

void Network::discard(const Event& event) {
  if (bare_kind(event.kind()) == net_event::kFrame) release_frame(event.payload);
}

void Network::trace_drop(HostIndex where, HostIndex other, MessageType type, std::uint32_t size,
                         DropReason reason) {
  if (!world_.traced()) return;
  TraceEvent event{.time = world_.now(), .peer = where, .other = other, .size = size};
  event.kind = TraceKind::kMessageDropped;
  event.detail = static_cast<std::uint8_t>(reason);
  event.type = static_cast<std::uint8_t>(type);
  world_.trace(event);
}

}  // namespace hearsay::sim
