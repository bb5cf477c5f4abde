// Transcript: what happens on a stage as lines that a person can read and a diff can compare.
//
//      0.004s org1/0 -> org1/1 AliveMsg EMPTY p=org1/0 t=0s.1 id secret=peer0.org1:7051 sig=71B
//             org1/0 is alive
//
// A line that begins with a time is a cause: a frame that arrived, a timer, a command. Indented
// below it stands what the peer it happened to did at once. Frames are shown by describe(), with
// the peers' names in place of PKI-IDs, channel names in place of MACs, #1, #2 … for nonces, and
// seconds since the start of the run in place of Unix times.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "core/trace/sink.h"
#include "tests/support/stage.h"

namespace hearsay::test {

enum class LogLevel : std::uint8_t { kNone, kFrames, kEvents, kAll };

struct LogFilter {
  LogLevel level = LogLevel::kAll;
  bool streams = false;             // dials, closings and ends of streams too
  bool members = true;              // who is alive, connected, and in which channel
  std::set<std::string> only = {};  // message types to show; empty: all
  std::set<std::string> hide = {};
};

class Transcript final : public TraceSink, public Tap {
 public:
  // Learns the names. Nothing is written before.
  void bind(Stage& stage);
  void set_filter(LogFilter filter) { filter_ = std::move(filter); }

  // What was written since the last call.
  std::string take();

  // Puts names in place of PKI-IDs, MACs, nonces and Unix times.
  std::string with_names(const std::string& text);
  std::string name_of(PeerIndex peer) const;

  void done() override { busy_ = kNoPeer; }
  void dials(PeerIndex by, ConnId conn, std::string_view endpoint) override;
  void frame(PeerIndex at, ConnId conn, const Envelope& frame) override;
  void ended(PeerIndex at, ConnId conn, StreamEnd end) override;
  void closes(PeerIndex by, ConnId conn) override;
  void on_event(const TraceEvent& event) override;

 private:
  bool shows(LogLevel level, const std::string& type = "") const;
  std::string text_of(const TraceEvent& event) const;
  // Of leaders, and what they pull.
  static std::string text_of_leader(const TraceEvent& event, const std::string& channel);
  std::string far_end(PeerIndex at, ConnId conn) const;
  bool is_orderer(std::string_view name) const;
  // A line of its own, or indented when `who` is still busy with what was last written.
  void write(PeerIndex who, const std::string& text);
  void write_cause(PeerIndex who, const std::string& text);

  Stage* stage_ = nullptr;
  LogFilter filter_;
  std::string out_;
  // Who is busy with the cause that was last written.
  PeerIndex busy_ = kNoPeer;
  std::map<std::pair<PeerIndex, ConnId>, std::string> far_ends_;
  std::map<std::string, std::string> ids_;     // eight hexadecimal digits -> name
  std::map<std::string, std::string> nonces_;  // decimal -> #n
};

// "1.5s", exact, without needless zeros.
std::string seconds_text(Time time);

}  // namespace hearsay::test
