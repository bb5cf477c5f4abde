// The reading half of trace_file.h: a compressed trace, line by line.

#include <zstd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "core/base/assert.h"
#include "sim/run/trace_file.h"

namespace hearsay::sim {
namespace {

// Far beyond what is written: the first line holds all names.
constexpr std::size_t kLongestLine = std::size_t{1} << 28;
// A hundred years.
constexpr Time kLatest = Time{100} * 365 * 24 * 3600 * kSecond;

}  // namespace

// Lines out of a zstd stream. `end` tells a file that ends in mid-stream from a whole one.
struct TraceFileReader::State {
  enum class End { kNone, kWhole, kCut, kBad };

  std::string path;
  std::ifstream file;
  ZSTD_DCtx* context = ZSTD_createDCtx();
  std::vector<char> in = std::vector<char>(ZSTD_DStreamInSize());
  std::vector<char> out = std::vector<char>(ZSTD_DStreamOutSize());
  ZSTD_inBuffer left{nullptr, 0, 0};
  std::size_t hint = 0;  // 0: between two frames
  std::string text;      // decompressed, from `at` on not consumed
  std::size_t at = 0;
  std::size_t line = 0;
  End end = End::kNone;
  std::string problem;
  RunFacts facts;
  std::optional<TraceCodec> codec;

  State() { HS_ASSERT(context != nullptr); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { ZSTD_freeDCtx(context); }

  std::string where(const std::string& what) const {
    return path + ":" + std::to_string(line) + ": " + what;
  }

  // Decompresses some more; false when there is no more.
  bool more() {
    if (end != End::kNone) return false;
    text.erase(0, at);
    at = 0;
    if (left.pos == left.size) {
      file.read(in.data(), static_cast<std::streamsize>(in.size()));
      left = {in.data(), static_cast<std::size_t>(file.gcount()), 0};
      if (left.size == 0) {
        end = file.bad() ? End::kBad : hint == 0 ? End::kWhole : End::kCut;
        if (file.bad()) problem = "cannot be read";
        return false;
      }
    }
    ZSTD_outBuffer piece{out.data(), out.size(), 0};
    hint = ZSTD_decompressStream(context, &piece, &left);
    if (ZSTD_isError(hint)) {
      end = End::kBad;
      problem = std::string("is damaged: ") + ZSTD_getErrorName(hint);
      return false;
    }
    text.append(out.data(), piece.pos);
    return true;
  }

  // The next whole line, without its line feed; valid until the next call.
  std::optional<std::string_view> next() {
    std::size_t from = at;
    for (;;) {
      const std::size_t feed = text.find('\n', from);
      if (feed != std::string::npos) {
        const std::string_view found = std::string_view(text).substr(at, feed - at);
        at = feed + 1;
        ++line;
        return found;
      }
      const std::size_t length = text.size() - at;
      if (length > kLongestLine) {
        end = End::kBad;
        problem = "has a line without end";
        return std::nullopt;
      }
      from = length;
      if (!more()) break;
    }
    // Half a line at the end: the writer was interrupted.
    if (end == End::kWhole && text.size() > at) end = End::kCut;
    return std::nullopt;
  }
};

TraceFileReader::TraceFileReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
TraceFileReader::TraceFileReader(TraceFileReader&&) noexcept = default;
TraceFileReader& TraceFileReader::operator=(TraceFileReader&&) noexcept = default;
TraceFileReader::~TraceFileReader() = default;

const RunFacts& TraceFileReader::facts() const { return state_->facts; }

Result<TraceFileReader> TraceFileReader::open(const std::string& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  state->file.open(path, std::ios::binary);
  if (!state->file) return Error{"cannot read " + path + ": " + std::strerror(errno)};
  const auto line = state->next();
  if (!line) {
    if (state->problem.empty()) state->problem = "ends before its first line";
    return Error{path + " " + state->problem};
  }
  auto facts = facts_from_json(*line);
  if (!facts) return Error{state->where(facts.error())};
  state->facts = std::move(facts).value();
  state->codec.emplace(state->facts);
  return TraceFileReader(std::move(state));
}

Result<bool> TraceFileReader::read(TraceSink& sink) {
  State& s = *state_;
  Time latest = 0;
  while (const auto line = s.next()) {
    auto event = s.codec->parse_line(*line);
    if (!event) return Error{s.where(event.error())};
    const Time time = event.value().time;
    if (time < latest || time > kLatest)
      return Error{s.where("time goes back, or beyond a century")};
    latest = time;
    sink.on_event(event.value());
  }
  if (s.end == State::End::kBad) return Error{s.path + " " + s.problem};
  return s.end == State::End::kWhole;
}

}  // namespace hearsay::sim
