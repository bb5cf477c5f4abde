// DigestSink: the fingerprint of a whole run.
//
// XXH3-64 over every event, in order, each as 33 little-endian bytes: time, value, peer, other,
// size, channel, kind, detail, type. Two runs with the same digest did the same things at the same
// times. It sees all events whatever the trace level, so options that concern output do not change
// it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/trace/sink.h"

namespace hearsay::sim {

class DigestSink final : public TraceSink {
 public:
  DigestSink();
  ~DigestSink() override;

  void on_event(const TraceEvent& event) override;

  // Events seen so far.
  std::uint64_t events() const { return events_; }
  // Of the events seen so far; more may follow.
  std::uint64_t value() const;
  // value() as 16 lower-case hexadecimal digits.
  std::string hex() const;

 private:
  struct Hash;
  void flush();

  std::unique_ptr<Hash> hash_;
  std::uint64_t events_ = 0;
};

}  // namespace hearsay::sim
