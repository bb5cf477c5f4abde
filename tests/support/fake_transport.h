// FakeNetwork: ordered streams between nodes in memory, in virtual time, with faults.
//
// A node is attached under its endpoint and gets a Transport. Connecting and pinging take a round
// trip each, a frame or the news of a close one latency. A direction holds `window` frames that the
// far end has not read; then write() gives false, and on_writable comes once there is room.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/ports/transport.h"
#include "tests/support/fake_clock.h"

namespace hearsay {

class FakeNetwork {
 public:
  explicit FakeNetwork(FakeClock& clock, Duration latency = kMillisecond);
  ~FakeNetwork();

  // The node listens from now on. An endpoint may be attached again after crash(); dials that wait
  // for it then go on. The Transport lives as long as the network.
  Transport& attach(std::string endpoint, TransportHandler& handler);
  // The process dies: it hears nothing any more, its streams break at their far ends a latency
  // later.
  void crash(std::string_view endpoint);

  // New connections to it do not come about (and are tried again when it changes).
  void refuse(std::string_view endpoint, bool on);
  // All bytes from and to it are swallowed, connections stay open, dials hang. What was swallowed
  // is gone.
  void blackhole(std::string_view endpoint, bool on);
  // Breaks all its streams: both ends hear of it at once.
  void break_streams(std::string_view endpoint);
  // It stops reading frames; they pile up to the window, and are read when it goes on.
  void stall(std::string_view endpoint, bool on);
  void set_window(std::size_t frames) { window_ = frames; }
  // One way, from the end that sends.
  void set_latency(std::string_view from, std::string_view to, Duration latency);

  // Counts since the start.
  std::size_t dials_to(std::string_view endpoint) const;
  // Streams with this endpoint at one end that both ends still have open.
  std::size_t open_streams(std::string_view endpoint) const;

 private:
  class Node;
  struct Link;
  // One end of a link, as events name it.
  struct End {
    std::uint32_t link;
    int side;  // 0: dialled, 1: accepted
  };

  Node* find(std::string_view endpoint) const;
  Duration latency(const Node& from, const Node& to) const;
  void try_connect(std::uint32_t link);
  void retry_dials();
  void accept(std::uint32_t link);
  void post(End to, Time earliest, std::function<void()> action);
  bool reachable(const Link& link) const;
  bool write(End from, const EnvelopeRef& frame);
  void arrive(End to, EnvelopeRef frame);
  void read(End to, const EnvelopeRef& frame);
  void close(End end);
  void end_stream(End end, StreamEnd how);
  ConnId new_conn(Node& node, End end);

  FakeClock& clock_;
  const Duration latency_;
  std::size_t window_ = 1'000'000;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::unique_ptr<Link>> links_;
  std::map<std::pair<const Node*, const Node*>, Duration> latencies_;
};

}  // namespace hearsay
