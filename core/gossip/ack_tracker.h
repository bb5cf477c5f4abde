// AckTracker: who still owes us an acknowledgement (gossip/comm/ack.go and gossip/util/pubsub.go).
//
// One operation per SendWithAck; one row per peer of it. A row goes
//
//     sending --send_returned()--> listening --ack / timeout--> answered
//
// and an ack that comes while its row is still sending waits in the topic. Topics are (nonce,
// peer). The subscription behind a topic dies `timeout` after begin(); the "timed out" answer comes
// `timeout` after send_returned(), which may be later. An operation ends when the number of
// successes *equals* min_ack or when all its peers answered.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/ids.h"
#include "core/ports/clock.h"

namespace hearsay {

// One peer's answer; `error` is "" for a success.
struct SendResult {
  PeerIndex peer = kNoPeer;
  std::string error;
};

// What SendWithAck returns: the answers in the order they came.
struct AggregatedSendResult {
  std::vector<SendResult> results;

  std::size_t ack_count() const;
  std::size_t nack_count() const { return results.size() - ack_count(); }
  // {"failures":{"timed out":1},"successes":2}: keys sorted, parts with a count of zero left out.
  std::string to_string() const;
};

inline constexpr std::string_view kTimedOut = "timed out";
inline constexpr std::string_view kCommStopping = "comm is stopping";

class AckTracker {
 public:
  // Acks that a topic keeps while nobody listens (Fabric: util.PubSub's subscription buffer).
  static constexpr std::size_t kTopicBuffer = 50;
  static constexpr std::uint32_t kNoRow = 0xFFFF'FFFF;

  struct Done {
    std::uint32_t cookie = 0;
    AggregatedSendResult result;
  };

  // Timers are armed for `handler` with kind kAckTimeout; it hands them to on_timer().
  AckTracker(Clock& clock, TimerHandler& handler) : clock_(clock), handler_(handler) {}
  AckTracker(const AckTracker&) = delete;
  AckTracker& operator=(const AckTracker&) = delete;
  ~AckTracker() { clear(); }

  // Subscribes for one ack of each peer, before anything is sent. Returns the row of the first
  // peer; the others follow by one. REQUIRES: !peers.empty().
  std::uint32_t begin(std::uint64_t nonce, Duration timeout, std::int32_t min_ack,
                      std::span<const PeerIndex> peers, std::uint32_t cookie);
  // The send of this row is over, well or not: from now on it waits. Any row may be given.
  void send_returned(std::uint32_t row);
  // An ack came from `peer`, proven by its connection. Ignored when nobody subscribed.
  void on_ack(std::uint64_t nonce, PeerIndex peer, const std::string& error);
  void on_timer(std::uint32_t row);

  // Takes the oldest operation that has ended, if any.
  bool next_done(Done& out);
  // Forgets all operations without an answer.
  void clear();
  std::size_t waiting() const { return rows_.size(); }

 private:
  using Topic = std::pair<std::uint64_t, PeerIndex>;
  struct Operation {
    std::uint32_t cookie = 0;
    std::uint32_t first_row = 0;
    std::uint32_t peers = 0;
    std::int32_t min_ack = 0;
    std::int32_t successes = 0;
    Duration timeout = 0;
    Time expires = 0;
    AggregatedSendResult result;
  };
  struct Row {
    std::uint32_t operation = 0;
    Topic topic;
    bool listening = false;
    TimerId timer;
  };
  struct Subscription {
    Time expires = 0;
    std::uint32_t rows = 0;  // not answered yet
    std::deque<std::uint32_t> listeners;
    std::deque<std::string> buffered;
  };

  void answer(std::uint32_t row, std::string error);
  void drop_row(std::map<std::uint32_t, Row>::iterator row);

  Clock& clock_;
  TimerHandler& handler_;
  std::uint32_t next_row_ = 0;
  std::uint32_t next_operation_ = 0;
  std::map<std::uint32_t, Row> rows_;
  std::map<std::uint32_t, Operation> operations_;
  std::map<Topic, Subscription> topics_;
  std::deque<Done> done_;
};

}  // namespace hearsay
