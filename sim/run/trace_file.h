// The event trace as a file: JSON lines, compressed with zstd (trace.jsonl.zst), written and read
// back.
//
// The first line is the RunFacts, each further line one event (docs/trace-format.md). Which events
// are written depends on the level; the digest and the analysis see all of them in any case.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/trace/codec.h"
#include "core/trace/sink.h"
#include "sim/run/output_file.h"

namespace hearsay::sim {

enum class TraceLevel : std::uint8_t {
  kNone,
  kBlocks,    // blocks, leaders, faults, nodes
  kProtocol,  // and membership, state info, connections, rejected and dropped messages
  kMessages,  // and every message sent, delivered or recognised as a duplicate; timers never
};

// "none", "blocks", "protocol", "messages".
std::optional<TraceLevel> parse_trace_level(std::string_view name);
const char* trace_level_name(TraceLevel level);

class TraceFileSink final : public TraceSink {
 public:
  // Writes the facts at once. `file` must outlive the sink. `timers` adds the timer events.
  TraceFileSink(OutputFile& file, const RunFacts& facts, TraceLevel level, bool timers = false);
  ~TraceFileSink() override;

  void on_event(const TraceEvent& event) override {
    if (wanted_[static_cast<std::size_t>(event.kind)]) write(event);
  }

  // Ends the compressed stream; call before the file is closed. Later events are lost.
  void finish();

 private:
  struct Compressor;
  void write(const TraceEvent& event);
  void compress(bool end);

  std::array<bool, kTraceKinds> wanted_{};
  OutputFile& file_;
  TraceCodec codec_;
  std::string lines_;
  std::unique_ptr<Compressor> compressor_;
};

// Reads a trace file from its beginning to its end. Bad files are errors, never crashes.
class TraceFileReader {
 public:
  // Opens the file and reads the facts.
  static Result<TraceFileReader> open(const std::string& path);
  TraceFileReader(TraceFileReader&&) noexcept;
  TraceFileReader& operator=(TraceFileReader&&) noexcept;
  ~TraceFileReader();

  const RunFacts& facts() const;

  // Hands every event to `sink`. The error says at which line; the events before it were handed
  // over. True when the file ended as it should, false when it is cut off (an interrupted run).
  Result<bool> read(TraceSink& sink);

 private:
  struct State;
  explicit TraceFileReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The first line of a trace file, without its line feed, and back.
std::string facts_to_json(const RunFacts& facts);
Result<RunFacts> facts_from_json(std::string_view line);

}  // namespace hearsay::sim
