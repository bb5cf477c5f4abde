#include "sim/run/trace_file.h"

#include <zstd.h>

#include <vector>

#include "core/base/assert.h"

namespace hearsay::sim {
namespace {

constexpr std::size_t kPiece = 128 * 1024;
constexpr int kCompression = 3;

constexpr std::array<const char*, 4> kLevelNames = {"none", "blocks", "protocol", "messages"};

TraceLevel level_of(TraceKind kind) {
  switch (kind) {
    case TraceKind::kNodeStarted:
    case TraceKind::kNodeStopped:
    case TraceKind::kBlockReceived:
    case TraceKind::kBlockCommitted:
    case TraceKind::kLeaderDeclared:
    case TraceKind::kLeaderSteppedDown:
    case TraceKind::kFaultBegun:
    case TraceKind::kFaultEnded:
    case TraceKind::kBlockLost:
    case TraceKind::kCommitFailed:
    case TraceKind::kStraggler:
    case TraceKind::kCatchUpBegun:
    case TraceKind::kCatchUpEnded:
    case TraceKind::kDeliverConnected:
    case TraceKind::kDeliverRefused:
    case TraceKind::kDeliverRetry:
    case TraceKind::kDeliverEnded:
    case TraceKind::kBlockCut:
      return TraceLevel::kBlocks;
    case TraceKind::kMessageDropped:
    case TraceKind::kMessageRejected:
    case TraceKind::kMemberAlive:
    case TraceKind::kMemberDead:
    case TraceKind::kMemberForgotten:
    case TraceKind::kStateInfoLearned:
    case TraceKind::kConnectionOpened:
    case TraceKind::kConnectionClosed:
    case TraceKind::kDialFailed:
    case TraceKind::kChannelView:
      return TraceLevel::kProtocol;
    case TraceKind::kMessageSent:
    case TraceKind::kMessageDelivered:
    case TraceKind::kMessageDuplicate:
    case TraceKind::kTimerFired:
      return TraceLevel::kMessages;
  }
  return TraceLevel::kMessages;
}

}  // namespace

std::optional<TraceLevel> parse_trace_level(std::string_view name) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (name == kLevelNames[i]) return static_cast<TraceLevel>(i);
  }
  return std::nullopt;
}

const char* trace_level_name(TraceLevel level) {
  return kLevelNames[static_cast<std::size_t>(level)];
}

struct TraceFileSink::Compressor {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  std::vector<char> out = std::vector<char>(ZSTD_CStreamOutSize());
  bool ended = false;

  Compressor() {
    HS_ASSERT(context != nullptr);
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kCompression);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  ~Compressor() { ZSTD_freeCCtx(context); }
};

TraceFileSink::TraceFileSink(OutputFile& file, const RunFacts& facts, TraceLevel level, bool timers)
    : file_(file), codec_(facts), compressor_(std::make_unique<Compressor>()) {
  for (std::size_t i = 0; i < kTraceKinds; ++i) {
    wanted_[i] = level_of(static_cast<TraceKind>(i)) <= level;
  }
  wanted_[static_cast<std::size_t>(TraceKind::kTimerFired)] = timers;
  lines_ = facts_to_json(facts) + "\n";
}

TraceFileSink::~TraceFileSink() { finish(); }

void TraceFileSink::write(const TraceEvent& event) {
  if (!file_.ok()) return;
  codec_.append_line(event, lines_);
  if (lines_.size() >= kPiece) compress(false);
}

void TraceFileSink::compress(bool end) {
  Compressor& c = *compressor_;
  ZSTD_inBuffer in{lines_.data(), lines_.size(), 0};
  const ZSTD_EndDirective mode = end ? ZSTD_e_end : ZSTD_e_continue;
  for (;;) {
    ZSTD_outBuffer out{c.out.data(), c.out.size(), 0};
    const std::size_t left = ZSTD_compressStream2(c.context, &out, &in, mode);
    HS_ASSERT(!ZSTD_isError(left));
    file_.write({c.out.data(), out.pos});
    if (end ? left == 0 : in.pos == in.size) break;
  }
  lines_.clear();
}

void TraceFileSink::finish() {
  if (compressor_->ended) return;
  compress(true);
  compressor_->ended = true;
  wanted_.fill(false);
}

}  // namespace hearsay::sim
