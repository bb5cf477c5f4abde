#include "core/gossip/ack_tracker.h"

#include <fmt/format.h>

#include "core/base/assert.h"

namespace hearsay {

namespace {

// As Go's json.Marshal writes a string.
void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || c == '<' || c == '>' || c == '&') {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

std::size_t AggregatedSendResult::ack_count() const {
  std::size_t acks = 0;
  for (const SendResult& result : results)
    acks += result.error.empty() ? 1 : 0;
  return acks;
}

std::string AggregatedSendResult::to_string() const {
  std::map<std::string_view, std::size_t> failures;
  for (const SendResult& result : results) {
    if (!result.error.empty()) ++failures[result.error];
  }
  std::string out = "{";
  if (!failures.empty()) {
    out += "\"failures\":{";
    for (const auto& [text, count] : failures) {
      if (out.back() != '{') out += ',';
      append_json_string(out, text);
      out += fmt::format(":{}", count);
    }
    out += '}';
  }
  if (const std::size_t acks = ack_count(); acks > 0) {
    if (out.back() != '{') out += ',';
    out += fmt::format("\"successes\":{}", acks);
  }
  return out + '}';
}

std::uint32_t AckTracker::begin(std::uint64_t nonce, Duration timeout, std::int32_t min_ack,
                                std::span<const PeerIndex> peers, std::uint32_t cookie) {
  HS_ASSERT(!peers.empty());
  const std::uint32_t number = next_operation_++;
  const std::uint32_t first_row = next_row_;
  Operation& operation = operations_[number];
  operation.cookie = cookie;
  operation.first_row = first_row;
  operation.peers = static_cast<std::uint32_t>(peers.size());
  operation.min_ack = min_ack;
  operation.timeout = timeout;
  for (const PeerIndex peer : peers) {
    Row& row = rows_[next_row_++];
    row.operation = number;
    row.topic = {nonce, peer};
    // The same peer twice shares one subscription.
    Subscription& topic = topics_[row.topic];
    topic.expires = clock_.now() + timeout;
    ++topic.rows;
  }
  return first_row;
}

void AckTracker::send_returned(std::uint32_t row) {
  const auto it = rows_.find(row);
  if (it == rows_.end() || it->second.listening) return;
  Subscription& topic = topics_.at(it->second.topic);
  if (!topic.buffered.empty()) {
    std::string error = std::move(topic.buffered.front());
    topic.buffered.pop_front();
    answer(row, std::move(error));
    return;
  }
  // Fabric: the wait starts only now, so "timed out" may come later than the subscription ends.
  it->second.listening = true;
  const Duration timeout = operations_.at(it->second.operation).timeout;
  it->second.timer = clock_.arm(clock_.now() + timeout, handler_, TimerKind::kAckTimeout, row);
  topic.listeners.push_back(row);
}

void AckTracker::on_ack(std::uint64_t nonce, PeerIndex peer, const std::string& error) {
  const auto it = topics_.find({nonce, peer});
  if (it == topics_.end() || clock_.now() > it->second.expires) return;
  if (it->second.listeners.empty()) {
    if (it->second.buffered.size() < kTopicBuffer) it->second.buffered.push_back(error);
    return;
  }
  answer(it->second.listeners.front(), error);
}

void AckTracker::on_timer(std::uint32_t row) {
  if (rows_.contains(row)) answer(row, std::string(kTimedOut));
}

void AckTracker::answer(std::uint32_t row, std::string error) {
  const auto it = rows_.find(row);
  const std::uint32_t number = it->second.operation;
  Operation& operation = operations_.at(number);
  operation.successes += error.empty() ? 1 : 0;
  operation.result.results.push_back({it->second.topic.second, std::move(error)});
  drop_row(it);
  // Quirk: equality, tested after each answer. With min_ack 0 a first failure ends the operation at
  // once, and after a first success it waits for everybody.
  const bool all = operation.result.results.size() == operation.peers;
  if (!all && operation.successes != operation.min_ack) return;
  for (std::uint32_t i = 0; i < operation.peers; ++i) {
    if (const auto rest = rows_.find(operation.first_row + i); rest != rows_.end()) drop_row(rest);
  }
  done_.push_back({operation.cookie, std::move(operation.result)});
  operations_.erase(number);
}

void AckTracker::drop_row(std::map<std::uint32_t, Row>::iterator row) {
  clock_.cancel(row->second.timer);
  const auto topic = topics_.find(row->second.topic);
  std::erase(topic->second.listeners, row->first);
  if (--topic->second.rows == 0) topics_.erase(topic);
  rows_.erase(row);
}

bool AckTracker::next_done(Done& out) {
  if (done_.empty()) return false;
  out = std::move(done_.front());
  done_.pop_front();
  return true;
}

void AckTracker::clear() {
  while (!rows_.empty())
    drop_row(rows_.begin());
  operations_.clear();
  done_.clear();
}

}  // namespace hearsay
