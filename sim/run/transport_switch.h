// TransportSwitch: leads a peer's upcalls to gossip or to its streams with orderers.
//
// Both share one transport. Nearly all upcalls are gossip's: for a peer without a stream to an
// orderer the question costs one branch, and a peer that has some has few.
#pragma once

#include <utility>

#include "core/node/node.h"
#include "sim/model/stream_block_source.h"

namespace hearsay::sim {

class TransportSwitch final : public TransportHandler {
 public:
  // Both outlive it.
  TransportSwitch(Node& node, StreamBlockSource& block_source)
      : node_(node), block_source_(block_source) {}

  void on_connected(ConnId conn) override {
    block_source_.owns(conn) ? block_source_.on_connected(conn) : node_.on_connected(conn);
  }
  void on_refused(ConnId conn) override {
    if (block_source_.owns(conn)) block_source_.on_refused(conn);
  }
  void on_pong(ConnId conn) override {
    if (!block_source_.owns(conn)) node_.on_pong(conn);
  }
  void on_accepted(ConnId conn) override { node_.on_accepted(conn); }
  void on_frame(ConnId conn, EnvelopeRef frame) override {
    if (block_source_.owns(conn)) [[unlikely]] {
      block_source_.on_frame(conn, std::move(frame));
    } else {
      node_.on_frame(conn, std::move(frame));
    }
  }
  void on_writable(ConnId conn) override {
    block_source_.owns(conn) ? block_source_.on_writable(conn) : node_.on_writable(conn);
  }
  void on_closed(ConnId conn, StreamEnd end) override {
    block_source_.owns(conn) ? block_source_.on_closed(conn, end) : node_.on_closed(conn, end);
  }
  void prefetch(unsigned step, ConnId conn, const Envelope* frame) const override {
    node_.prefetch(step, conn, frame);
  }

 private:
  Node& node_;
  StreamBlockSource& block_source_;
};

}  // namespace hearsay::sim
