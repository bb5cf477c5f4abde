#include "tests/support/fake_transport.h"

#include <algorithm>
#include <array>

#include "core/base/assert.h"

namespace hearsay {

// One listening process. After a crash the next process at the endpoint is another Node.
class FakeNetwork::Node final : public Transport {
 public:
  Node(FakeNetwork& network, std::string name, TransportHandler& upcalls)
      : endpoint(std::move(name)), handler(upcalls), network_(network) {}

  ConnId dial(std::string_view to) override;
  void ping(ConnId conn) override;
  void open_stream(ConnId conn) override;
  bool write(ConnId conn, const EnvelopeRef& frame) override;
  bool write_fails(ConnId conn) const override;
  ConnTag* tag(ConnId conn) override;
  void close(ConnId conn) override { network_.close(end_of(conn)); }

  End end_of(ConnId conn) const {
    const std::uint32_t slot = raw(conn) & kSlotMask;
    HS_ASSERT_MSG(slot < ends.size() && conn_of(slot) == conn, "a connection never named");
    return ends[slot];
  }

  // A slot in the low 20 bits and some generation above, as the contract has it. No slot is used
  // twice.
  static constexpr std::uint32_t kSlotMask = 0xF'FFFF;
  static ConnId conn_of(std::uint32_t slot) { return ConnId{(slot * 1237 % 0xFFF) << 20 | slot}; }

  const std::string endpoint;
  TransportHandler& handler;
  std::vector<End> ends;      // by slot
  std::vector<ConnTag> tags;  // the same
  bool alive = true;
  bool refusing = false;
  bool silent = false;
  bool stalled = false;
  std::size_t dials = 0;

 private:
  FakeNetwork& network_;
};

struct FakeNetwork::Link {
  std::string to;
  bool connected = false;
  bool streaming = false;
  struct Side {
    Node* node = nullptr;
    ConnId conn = kNoConn;
    bool closed = false;  // by its owner
    bool over = false;    // on_closed was given
    bool wants_room = false;
    std::size_t unread = 0;           // frames on the way to this side
    std::deque<EnvelopeRef> stalled;  // those of them that have arrived
    Time last_arrival = 0;
  };
  std::array<Side, 2> sides;
};

FakeNetwork::FakeNetwork(FakeClock& clock, Duration latency) : clock_(clock), latency_(latency) {}
FakeNetwork::~FakeNetwork() = default;

FakeNetwork::Node* FakeNetwork::find(std::string_view endpoint) const {
  for (const auto& node : nodes_) {
    if (node->alive && node->endpoint == endpoint) return node.get();
  }
  return nullptr;
}

Transport& FakeNetwork::attach(std::string endpoint, TransportHandler& handler) {
  HS_ASSERT_MSG(find(endpoint) == nullptr, "the endpoint is taken");
  nodes_.push_back(std::make_unique<Node>(*this, std::move(endpoint), handler));
  clock_.call_after(0, [this] { retry_dials(); });
  return *nodes_.back();
}

Duration FakeNetwork::latency(const Node& from, const Node& to) const {
  const auto it = latencies_.find({&from, &to});
  return it == latencies_.end() ? latency_ : it->second;
}

void FakeNetwork::set_latency(std::string_view from, std::string_view to, Duration latency) {
  latencies_[{find(from), find(to)}] = latency;
}

ConnId FakeNetwork::new_conn(Node& node, End end) {
  node.ends.push_back(end);
  node.tags.push_back(0);
  return Node::conn_of(static_cast<std::uint32_t>(node.ends.size() - 1));
}

// --- connecting

ConnId FakeNetwork::Node::dial(std::string_view to) {
  const auto number = static_cast<std::uint32_t>(network_.links_.size());
  network_.links_.push_back(std::make_unique<Link>());
  Link& link = *network_.links_.back();
  link.to = to;
  link.sides[0].node = this;
  link.sides[0].conn = network_.new_conn(*this, {number, 0});
  for (const auto& node : network_.nodes_)
    node->dials += node->endpoint == to ? 1 : 0;
  network_.try_connect(number);
  return link.sides[0].conn;
}

void FakeNetwork::try_connect(std::uint32_t number) {
  Link& link = *links_[number];
  Node* target = find(link.to);
  Link::Side& dialler = link.sides[0];
  if (link.connected || dialler.closed || !dialler.node->alive || dialler.node->silent) return;
  if (target == nullptr || target->refusing || target->silent) return;
  link.connected = true;
  link.sides[1].node = target;
  const Duration round_trip = latency(*dialler.node, *target) + latency(*target, *dialler.node);
  post({number, 0}, clock_.now() + round_trip,
       [&dialler] { dialler.node->handler.on_connected(dialler.conn); });
}

void FakeNetwork::retry_dials() {
  for (std::uint32_t i = 0; i < links_.size(); ++i)
    try_connect(i);
}

bool FakeNetwork::reachable(const Link& link) const {
  const auto fit = [](const Node* n) { return n != nullptr && n->alive && !n->silent; };
  return fit(link.sides[0].node) && fit(link.sides[1].node);
}

// Hands something to one end, in order, unless that end is gone or one of the two went silent
// meanwhile.
void FakeNetwork::post(End to, Time earliest, std::function<void()> action) {
  Link::Side& side = links_[to.link]->sides[to.side];
  side.last_arrival = std::max(side.last_arrival, earliest);
  clock_.call_at(side.last_arrival, [this, to, action = std::move(action)] {
    const Link& link = *links_[to.link];
    const Link::Side& target = link.sides[to.side];
    if (!target.closed && !target.over && target.node->alive && !target.node->silent &&
        !link.sides[1 - to.side].node->silent) {
      action();
    }
  });
}

void FakeNetwork::Node::ping(ConnId conn) {
  const End end = end_of(conn);
  Link& link = *network_.links_[end.link];
  HS_ASSERT(link.connected);
  const Node& target = *link.sides[1].node;
  const Duration round_trip = network_.latency(*this, target) + network_.latency(target, *this);
  network_.post(end, network_.clock_.now() + round_trip, [this, conn, &link] {
    if (link.sides[1].node->alive) handler.on_pong(conn);
  });
}

void FakeNetwork::Node::open_stream(ConnId conn) {
  const End end = end_of(conn);
  Link& link = *network_.links_[end.link];
  HS_ASSERT(link.connected && !link.streaming);
  link.streaming = true;
  const Time arrival = network_.clock_.now() + network_.latency(*this, *link.sides[1].node);
  network_.post({end.link, 1}, arrival, [n = &network_, end] { n->accept(end.link); });
}

void FakeNetwork::accept(std::uint32_t number) {
  Link::Side& side = links_[number]->sides[1];
  side.conn = new_conn(*side.node, {number, 1});
  side.node->handler.on_accepted(side.conn);
}

// --- frames

bool FakeNetwork::Node::write(ConnId conn, const EnvelopeRef& frame) {
  return network_.write(end_of(conn), frame);
}

bool FakeNetwork::write(End from, const EnvelopeRef& frame) {
  Link& link = *links_[from.link];
  Link::Side& here = link.sides[from.side];
  Link::Side& there = link.sides[1 - from.side];
  HS_ASSERT_MSG(link.streaming && !here.closed, "write to a stream that is not open");
  if (here.over) return true;  // taken and lost
  if (there.unread >= window_) {
    here.wants_room = true;
    return false;
  }
  ++there.unread;
  const End to{from.link, 1 - from.side};
  post(to, clock_.now() + latency(*here.node, *there.node),
       [this, to, frame] { arrive(to, frame); });
  return true;
}

void FakeNetwork::arrive(End to, EnvelopeRef frame) {
  Link::Side& side = links_[to.link]->sides[to.side];
  if (side.node->stalled) {
    side.stalled.push_back(std::move(frame));
  } else {
    read(to, frame);
  }
}

void FakeNetwork::read(End to, const EnvelopeRef& frame) {
  Link& link = *links_[to.link];
  Link::Side& side = link.sides[to.side];
  Link::Side& writer = link.sides[1 - to.side];
  --side.unread;
  if (writer.wants_room) {
    writer.wants_room = false;
    post({to.link, 1 - to.side}, clock_.now(),
         [&writer] { writer.node->handler.on_writable(writer.conn); });
  }
  side.node->handler.on_frame(side.conn, frame);
}

ConnTag* FakeNetwork::Node::tag(ConnId conn) {
  const std::uint32_t slot = raw(conn) & kSlotMask;
  if (slot >= ends.size() || conn_of(slot) != conn) return nullptr;
  const End end = ends[slot];
  return network_.links_[end.link]->sides[end.side].closed ? nullptr : &tags[slot];
}

bool FakeNetwork::Node::write_fails(ConnId conn) const {
  const End end = end_of(conn);
  return network_.links_[end.link]->sides[end.side].over;
}

// --- the end of streams

void FakeNetwork::close(End end) {
  Link& link = *links_[end.link];
  Link::Side& here = link.sides[end.side];
  HS_ASSERT_MSG(!here.closed, "closed twice");
  here.closed = true;
  Link::Side& there = link.sides[1 - end.side];
  if (!link.streaming || there.node == nullptr) return;
  const End far{end.link, 1 - end.side};
  post(far, clock_.now() + latency(*here.node, *there.node),
       [this, far] { end_stream(far, StreamEnd::kRemoteClosed); });
}

void FakeNetwork::end_stream(End end, StreamEnd how) {
  Link::Side& side = links_[end.link]->sides[end.side];
  if (side.over || side.closed || side.conn == kNoConn || !side.node->alive) return;
  // What has arrived is read before the end of the stream is.
  while (!side.stalled.empty() && !side.closed) {
    const EnvelopeRef frame = std::move(side.stalled.front());
    side.stalled.pop_front();
    read(end, frame);
  }
  if (side.closed) return;
  side.over = true;
  side.node->handler.on_closed(side.conn, how);
}

void FakeNetwork::crash(std::string_view endpoint) {
  Node* node = find(endpoint);
  HS_ASSERT(node != nullptr);
  node->alive = false;
  for (std::uint32_t i = 0; i < links_.size(); ++i) {
    for (const int side : {0, 1}) {
      const Link::Side& far = links_[i]->sides[1 - side];
      if (links_[i]->sides[side].node != node || far.node == nullptr) continue;
      const End to{i, 1 - side};
      post(to, clock_.now() + latency(*node, *far.node),
           [this, to] { end_stream(to, StreamEnd::kBroken); });
    }
  }
}

void FakeNetwork::refuse(std::string_view endpoint, bool on) {
  find(endpoint)->refusing = on;
  if (!on) retry_dials();
}

void FakeNetwork::blackhole(std::string_view endpoint, bool on) {
  find(endpoint)->silent = on;
  if (!on) retry_dials();
}

void FakeNetwork::break_streams(std::string_view endpoint) {
  const Node* node = find(endpoint);
  for (std::uint32_t i = 0; i < links_.size(); ++i) {
    const Link& link = *links_[i];
    if (link.sides[0].node != node && link.sides[1].node != node) continue;
    for (const int side : {0, 1}) {
      const End end{i, side};
      clock_.call_after(0, [this, end] { end_stream(end, StreamEnd::kBroken); });
    }
  }
}

void FakeNetwork::stall(std::string_view endpoint, bool on) {
  Node* node = find(endpoint);
  node->stalled = on;
  if (on) return;
  for (std::uint32_t i = 0; i < links_.size(); ++i) {
    for (const int side : {0, 1}) {
      Link::Side& here = links_[i]->sides[side];
      if (here.node != node) continue;
      const End end{i, side};
      for (EnvelopeRef& frame : std::exchange(here.stalled, {})) {
        post(end, clock_.now(), [this, end, frame] { arrive(end, frame); });
      }
    }
  }
}

std::size_t FakeNetwork::dials_to(std::string_view endpoint) const {
  std::size_t dials = 0;
  for (const auto& node : nodes_)
    dials += node->endpoint == endpoint ? node->dials : 0;
  return dials;
}

std::size_t FakeNetwork::open_streams(std::string_view endpoint) const {
  std::size_t open = 0;
  for (const auto& link : links_) {
    const Link::Side& a = link->sides[0];
    const Link::Side& b = link->sides[1];
    if (b.conn == kNoConn || a.closed || b.closed || a.over || b.over) continue;
    if (!a.node->alive || !b.node->alive) continue;
    open += a.node->endpoint == endpoint || b.node->endpoint == endpoint ? 1 : 0;
  }
  return open;
}

}  // namespace hearsay
