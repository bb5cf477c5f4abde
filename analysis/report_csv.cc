// convergence.csv, blocks.csv, messages.csv.

#include <algorithm>

#include <fmt/format.h>

#include "analysis/format.h"
#include "analysis/report.h"
#include "core/trace/codec.h"

namespace hearsay::analysis {
namespace {

constexpr std::size_t kPiece = 64 * 1024;

// Collects lines and hands them on in pieces.
class Lines {
 public:
  explicit Lines(const TextSink& sink) : sink_(sink) {}
  ~Lines() {
    if (!text_.empty()) sink_(text_);
  }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  std::string& text() { return text_; }
  void end_line() {
    text_ += '\n';
    if (text_.size() < kPiece) return;
    sink_(text_);
    text_.clear();
  }

 private:
  const TextSink& sink_;
  std::string text_;
};

// A name as a CSV field (RFC 4180).
void append_field(const std::string& name, std::string& out) {
  if (name.find_first_of(",\"\r\n") == std::string::npos) {
    out += name;
    return;
  }
  out += '"';
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_time(Time time, std::string& out) {
  if (time != kNever) append_seconds(time, out);
}

void append_view(const View& view, const char* kind, const std::string& channel, Lines& lines) {
  for (const CurvePoint& point : view.curve().points()) {
    std::string& out = lines.text();
    append_seconds(point.time, out);
    out += ',';
    out += kind;
    out += ',';
    append_field(channel, out);
    fmt::format_to(std::back_inserter(out), ",,{},{}", point.reached, point.total);
    lines.end_line();
  }
}

// How one block spread: a line whenever another percent of its receivers and origins has it, and
// for the first and the last.
void append_spread(const std::vector<Time>& times, std::size_t total, const std::string& head,
                   const std::string& tail, Lines& lines) {
  std::size_t shown = 0;  // percent
  for (std::size_t i = 0; i < times.size(); ++i) {
    const bool last = i + 1 == times.size();
    if (!last && times[i + 1] == times[i]) continue;
    const std::size_t percent = 100 * (i + 1) / total;
    if (i != 0 && !last && percent == shown) continue;
    shown = percent;
    std::string& out = lines.text();
    append_seconds(times[i], out);
    out += head;
    out += tail;
    fmt::format_to(std::back_inserter(out), "{},{}", i + 1, total);
    lines.end_line();
  }
}

void append_block(const Dissemination& blocks, const BlockRecord& block, const std::string& channel,
                  Lines& lines) {
  std::vector<Time> received;
  std::vector<Time> committed;
  std::size_t total = 0;
  for (std::size_t i = 0; i < block.holdings.size(); ++i) {
    if (blocks.role(block, i) == Role::kBystander) continue;
    ++total;
    const Holding& holding = block.holdings[i];
    if (holding.received != kNever) received.push_back(holding.received);
    if (holding.committed != kNever) committed.push_back(holding.committed);
  }
  std::sort(received.begin(), received.end());
  std::sort(committed.begin(), committed.end());
  std::string tail = ",";
  append_field(channel, tail);
  tail += fmt::format(",{},", block.number);
  append_spread(received, total, ",block_received", tail, lines);
  append_spread(committed, total, ",block_committed", tail, lines);
}

}  // namespace

void report_convergence_csv(const RunObserver& run, const TextSink& sink) {
  Lines lines(sink);
  lines.text() += "time_s,kind,channel,block,reached,total";
  lines.end_line();
  append_view(run.membership().view(), "membership", "", lines);
  for (std::size_t c = 0; c < run.channel_views().size(); ++c) {
    append_view(run.channel_views()[c], "state_info", run.facts().channels[c].name, lines);
  }
  for (const BlockRecord& block : run.dissemination().blocks()) {
    append_block(run.dissemination(), block, channel_text(run.facts(), block.channel), lines);
  }
}

void report_blocks_csv(const RunObserver& run, const TextSink& sink) {
  const Dissemination& blocks = run.dissemination();
  Lines lines(sink);
  lines.text() += "channel,block,peer,sent_s,received_s,committed_s,source,hops";
  lines.end_line();
  for (const BlockRecord& block : blocks.blocks()) {
    std::string head;
    append_field(channel_text(run.facts(), block.channel), head);
    head += fmt::format(",{},", block.number);
    for (std::size_t i = 0; i < block.holdings.size(); ++i) {
      const Holding& holding = block.holdings[i];
      const PeerIndex p = blocks.member(block, i);
      const bool held = holding.received != kNever;
      // Who neither has it nor was there to get it says nothing about the block.
      if (!held && blocks.role(block, i) == Role::kBystander && !blocks.runs_at_end(p)) continue;
      std::string& out = lines.text();
      out += head;
      append_field(peer_text(run.facts(), p), out);
      out += ',';
      append_time(block.start, out);
      out += ',';
      append_time(holding.received, out);
      out += ',';
      append_time(holding.committed, out);
      out += ',';
      if (held) {
        out += block_origin_name(holding.source);
        fmt::format_to(std::back_inserter(out), ",{}", holding.hops);
      } else {
        out += ',';
      }
      lines.end_line();
    }
  }
}

void report_messages_csv(const RunObserver& run, const TextSink& sink) {
  Lines lines(sink);
  lines.text() += "type,sent,received,dropped,bytes,duplicates,rejected,sent_per_peer_s";
  lines.end_line();
  for (std::size_t t = 0; t < run.facts().types.size() && t < 256; ++t) {
    const Traffic::Counters& c = run.traffic().of(t);
    const std::string& type = run.facts().types[t];
    const Metric* metric = run.metrics().find("messages." + type + ".sent_per_peer_s");
    if (metric == nullptr) continue;
    const double rate = std::get<double>(metric->value);
    std::string& out = lines.text();
    append_field(type, out);
    fmt::format_to(std::back_inserter(out), ",{},{},{},{},{},{},", c.sent, c.received, c.dropped,
                   c.bytes, c.duplicates, c.rejected);
    if (std::isfinite(rate)) fmt::format_to(std::back_inserter(out), "{:.6f}", rate);
    lines.end_line();
  }
}

}  // namespace hearsay::analysis
