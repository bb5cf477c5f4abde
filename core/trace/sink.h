// TraceSink: whoever observes a run. Sinks only look; nothing they do may reach the run.
#pragma once

#include <vector>

#include "core/trace/event.h"

namespace hearsay {

class TraceSink {
 public:
  virtual ~TraceSink() = default;
  // Called once per event in the order of virtual time. Must not call back into the world.
  virtual void on_event(const TraceEvent& event) = 0;
};

// Hands each event to several sinks, in the order they were added. Does not own them.
class TraceFan final : public TraceSink {
 public:
  void add(TraceSink& sink) { sinks_.push_back(&sink); }
  void on_event(const TraceEvent& event) override {
    for (TraceSink* sink : sinks_)
      sink->on_event(event);
  }

 private:
  std::vector<TraceSink*> sinks_;
};

}  // namespace hearsay
