// Subscribers: programs that listen to a node (Accept of node.md section 5; gossip/comm/demux.go).
//
// A subscriber is a predicate and a handler. Of each message every subscriber that wants it hears,
// in the order of registration. There are two kinds, as in Fabric: a Subscriber hears what channels
// accepted, a WireSubscriber what came over an authenticated connection, checked or not.
//
// Handlers run behind the engines, when the node has dealt with the message, one after another and
// none inside another: a handler may call anything of the node's API, stop() included, but must not
// destroy the node. Predicates run in the middle of things: they look at the message alone.
//
// Divergence: in Fabric a subscription is a queue of bounded size, and a full one blocks whoever
// fills it: a connection's reader, or the loop of the whole node. Here nobody reads a queue at his
// leisure; what waits is never more than one message has brought. See docs/adr/0005.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <variant>
#include <vector>

#include "core/gossip/comm.h"

namespace hearsay {

// Accept(predicate, passThrough = false): blocks that were pushed or pulled, state information that
// was pushed, leadership messages. Never alive messages, contents of snapshots, identities, nor
// what this node gossips itself.
class Subscriber {
 public:
  virtual bool wants(const GossipMessage& message) const = 0;
  virtual void on_message(const EnvelopeRef& message) = 0;
  // The node has stopped: nothing more will come.
  virtual void on_end() {}

 protected:
  ~Subscriber() = default;
};

// Accept(predicate, passThrough = true): everything but acks and handshakes, private data and
// requests for state included. Neither tags nor signatures have been checked; who stands at the far
// end of the connection has been. Node::respond() and Node::ack() answer on that connection.
class WireSubscriber {
 public:
  virtual bool wants(const Received& message) const = 0;
  virtual void on_message(const Received& message) = 0;
  virtual void on_end() {}

 protected:
  ~WireSubscriber() = default;
};

class Subscribers {
 public:
  // `waiting` is raised and lowered by as many calls of handlers as wait; it outlives this.
  explicit Subscribers(std::uint32_t& waiting) : waiting_(waiting) {}

  // Both outlive this. Quirk: after the end a Subscriber is told so at once, a WireSubscriber waits
  // for ever.
  void add(Subscriber& subscriber);
  void add(WireSubscriber& subscriber) { wire_.push_back(&subscriber); }

  // Notes who wants to hear `message`. Calls predicates only. False when nobody does.
  bool publish(const EnvelopeRef& message);
  bool publish(const Received& message);
  // Calls the handler that is next. False when none waits.
  bool deliver_one();

  // What waits for Subscribers, or WireSubscribers, is dropped, and each of them told.
  void end_channels();
  void end_wire();

 private:
  struct Delivery {
    std::variant<Subscriber*, WireSubscriber*> to;
    Received message;
  };

  // Counts what was noted since there were `before`. False: nothing.
  bool count_noted_since(std::size_t before);

  std::uint32_t& waiting_;
  std::vector<Subscriber*> of_channels_;
  std::vector<WireSubscriber*> wire_;
  std::deque<Delivery> deliveries_;
  bool ended_ = false;
};

}  // namespace hearsay
