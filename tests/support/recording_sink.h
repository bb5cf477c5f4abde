// RecordingSink: keeps all trace events of a test.
#pragma once

#include <algorithm>
#include <vector>

#include "core/trace/sink.h"

namespace hearsay {

class RecordingSink final : public TraceSink {
 public:
  void on_event(const TraceEvent& event) override { events.push_back(event); }

  std::size_t count(PeerIndex at, TraceKind kind) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        events, [&](const TraceEvent& e) { return e.peer == at && e.kind == kind; }));
  }
  template <typename Detail>
  std::size_t count(PeerIndex at, TraceKind kind, Detail detail) const {
    return static_cast<std::size_t>(std::ranges::count_if(events, [&](const TraceEvent& e) {
      return e.peer == at && e.kind == kind && e.detail == static_cast<std::uint8_t>(detail);
    }));
  }

  std::vector<TraceEvent> events;
};

}  // namespace hearsay
