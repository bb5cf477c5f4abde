#include "core/trace/codec.h"

#include <charconv>

#include "core/trace/codec_fields.h"
#include "core/trace/names.h"

namespace hearsay {
namespace trace_fields {

const std::array<Words, kTraceKinds>& words() {
  using V = ValueForm;
  using D = DetailForm;
  // other, value, size, detail, type, channel, forms of value and detail
  static constexpr std::array<Words, kTraceKinds> kWords = {{
      {"", "incarnation", "", "", false, false, V::kNumber, D::kNumber},
      {"", "", "", "reason", false, false, V::kNumber, D::kStopReason},
      {"to", "fingerprint", "bytes", "", true, false, V::kHex, D::kNumber},
      {"from", "fingerprint", "bytes", "", true, false, V::kHex, D::kNumber},
      {"far_end", "", "bytes", "reason", true, false, V::kNumber, D::kDropReason},
      {"from", "", "", "", true, false, V::kNumber, D::kNumber},
      {"from", "", "", "reason", true, false, V::kNumber, D::kRejectReason},
      {"member", "seq_num", "", "", false, false, V::kNumber, D::kNumber},
      {"member", "", "", "cause", false, false, V::kNumber, D::kDeathCause},
      {"member", "", "", "", false, false, V::kNumber, D::kNumber},
      {"owner", "height", "", "", false, true, V::kNumber, D::kNumber},
      {"from", "block", "hops", "source", false, true, V::kNumber, D::kBlockOrigin},
      {"", "block", "", "", false, true, V::kNumber, D::kNumber},
      {"", "", "", "", false, true, V::kNumber, D::kNumber},
      {"", "", "", "", false, true, V::kNumber, D::kNumber},
      {"far_end", "", "", "side", false, false, V::kNumber, D::kDialled},
      {"far_end", "", "", "cause", false, false, V::kNumber, D::kCloseCause},
      {"far_end", "", "", "", false, false, V::kNumber, D::kNumber},
      {"", "", "", "timer", false, false, V::kNumber, D::kTimer},
      {"", "fault", "", "group", false, false, V::kNumber, D::kGroup},
      {"", "fault", "", "group", false, false, V::kNumber, D::kGroup},
      {"", "peers", "online", "report", false, true, V::kNumber, D::kViewReport},
      {"", "block", "", "reason", false, true, V::kNumber, D::kLostBlock},
      {"", "block", "", "failure", false, true, V::kNumber, D::kCommitFailure},
      {"", "block", "", "", false, true, V::kNumber, D::kNumber},
      {"", "block", "blocks", "", false, true, V::kNumber, D::kNumber},
      {"", "block", "", "outcome", false, true, V::kNumber, D::kCatchUpEnd},
      {"", "block", "orderer", "", false, true, V::kNumber, D::kNumber},
      {"", "what", "orderer", "reason", false, true, V::kNumber, D::kDeliverRefusal},
      {"", "pause_ms", "failures", "trouble", false, true, V::kNumber, D::kDeliverTrouble},
      {"", "", "", "reason", false, true, V::kNumber, D::kDeliverEnd},
      {"", "block", "bytes", "", false, true, V::kNumber, D::kNumber},
  }};
  return kWords;
}

std::string_view detail_name(DetailForm form, std::uint8_t detail) {
  switch (form) {
    case DetailForm::kStopReason:
      return detail < kStopReasons ? stop_reason_name(StopReason{detail}) : "";
    case DetailForm::kDropReason:
      return detail < kDropReasons ? drop_reason_name(DropReason{detail}) : "";
    case DetailForm::kRejectReason:
      return detail < kRejectReasons ? reject_reason_name(RejectReason{detail}) : "";
    case DetailForm::kDeathCause:
      return detail < kDeathCauses ? death_cause_name(DeathCause{detail}) : "";
    case DetailForm::kBlockOrigin:
      return detail < kBlockOrigins ? block_origin_name(BlockOrigin{detail}) : "";
    case DetailForm::kDialled:
      return detail == 0 ? "accepted" : detail == 1 ? "dialled" : "";
    case DetailForm::kCloseCause:
      return detail < kCloseCauses ? close_cause_name(CloseCause{detail}) : "";
    case DetailForm::kViewReport:
      return detail < kViewReports ? view_report_name(ViewReport{detail}) : "";
    case DetailForm::kLostBlock:
      return detail < kLostBlocks ? lost_block_name(LostBlock{detail}) : "";
    case DetailForm::kCommitFailure:
      return detail < kCommitFailures ? commit_failure_name(CommitFailure{detail}) : "";
    case DetailForm::kCatchUpEnd:
      return detail < kCatchUpEnds ? catch_up_end_name(CatchUpEnd{detail}) : "";
    case DetailForm::kDeliverRefusal:
      return detail < kDeliverRefusals ? deliver_refusal_name(DeliverRefusal{detail}) : "";
    case DetailForm::kDeliverTrouble:
      return detail < kDeliverTroubles ? deliver_trouble_name(DeliverTrouble{detail}) : "";
    case DetailForm::kDeliverEnd:
      return detail < kDeliverEnds ? deliver_end_name(DeliverEnd{detail}) : "";
    case DetailForm::kNumber:
    case DetailForm::kTimer:
    case DetailForm::kGroup:
      return "";
  }
  return "";
}

}  // namespace trace_fields

namespace {

using trace_fields::Words;

// Integers above this are not exact in readers that hold numbers as doubles: written as text.
constexpr std::uint64_t kExact = std::uint64_t{1} << 53;

void append_number(std::uint64_t number, std::string& out) {
  char buffer[20];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number);
  out.append(buffer, end.ptr);
}

void append_key(std::string_view key, std::string& out) {
  out += ",\"";
  out += key;
  out += "\":";
}

void append_hex(std::uint64_t number, std::string& out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += '"';
  for (int shift = 60; shift >= 0; shift -= 4)
    out += kDigits[number >> shift & 15];
  out += '"';
}

// A name when the table has one, else the number.
void append_name(const std::vector<std::string>& quoted, std::uint32_t index, std::string& out) {
  if (index < quoted.size()) {
    out += quoted[index];
  } else {
    append_number(index, out);
  }
}

void append_value(const TraceEvent& event, const Words& words, std::string& out) {
  if (words.value.empty() && event.value == 0) return;
  append_key(words.value.empty() ? trace_fields::kValue : words.value, out);
  if (words.value_form == trace_fields::ValueForm::kHex) {
    append_hex(event.value, out);
  } else if (event.value > kExact) {
    out += '"';
    append_number(event.value, out);
    out += '"';
  } else {
    append_number(event.value, out);
  }
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      static constexpr char kDigits[] = "0123456789abcdef";
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_seconds(Time time, std::string& out) {
  auto magnitude = static_cast<std::uint64_t>(time);
  if (time < 0) {
    out += '-';
    magnitude = 0 - magnitude;
  }
  append_number(magnitude / 1'000'000'000, out);
  char digits[10] = {'.'};
  std::uint64_t rest = magnitude % 1'000'000'000;
  for (int i = 9; i > 0; --i, rest /= 10)
    digits[i] = static_cast<char>('0' + rest % 10);
  out.append(digits, sizeof digits);
}

void TraceCodec::Names::add(const std::string& name) {
  std::string text;
  append_json_string(name, text);
  index.emplace(name, static_cast<std::uint32_t>(quoted.size()));
  quoted.push_back(std::move(text));
}

TraceCodec::TraceCodec(const RunFacts& facts) {
  for (const PeerFacts& peer : facts.peers)
    peers_.add(peer.name);
  for (const std::string& orderer : facts.orderers)
    peers_.add(orderer);
  for (const ChannelFacts& channel : facts.channels)
    channels_.add(channel.name);
  for (const std::string& type : facts.types)
    types_.add(type);
  for (const std::string& timer : facts.timers)
    timers_.add(timer);
}

void TraceCodec::append_detail(const TraceEvent& event, std::string& out) const {
  const Words& words = trace_fields::words_of(event.kind);
  const bool silent = words.detail.empty() || words.detail_form == trace_fields::DetailForm::kGroup;
  if (silent && event.detail == 0) return;
  append_key(words.detail.empty() ? trace_fields::kDetail : words.detail, out);
  if (words.detail_form == trace_fields::DetailForm::kTimer) {
    append_name(timers_.quoted, event.detail, out);
    return;
  }
  const std::string_view name = trace_fields::detail_name(words.detail_form, event.detail);
  if (name.empty()) {
    append_number(event.detail, out);
  } else {
    out += '"';
    out += name;
    out += '"';
  }
}

void TraceCodec::append_line(const TraceEvent& event, std::string& out) const {
  const Words& words = trace_fields::words_of(event.kind);
  out += "{\"time_s\":";
  append_seconds(event.time, out);
  append_key("kind", out);
  out += '"';
  out += trace_kind_name(event.kind);
  out += '"';
  if (event.peer != kNoPeer) {
    append_key("peer", out);
    append_name(peers_.quoted, raw(event.peer), out);
  }
  if (event.other != kNoPeer) {
    append_key(words.other.empty() ? trace_fields::kOther : words.other, out);
    append_name(peers_.quoted, raw(event.other), out);
  }
  if (event.channel != kNoChannel) {
    append_key("channel", out);
    append_name(channels_.quoted, raw(event.channel), out);
  }
  if (words.type || event.type != 0) {
    append_key("type", out);
    append_name(types_.quoted, event.type, out);
  }
  append_value(event, words, out);
  if (!words.size.empty() || event.size != 0) {
    append_key(words.size.empty() ? trace_fields::kSize : words.size, out);
    append_number(event.size, out);
  }
  append_detail(event, out);
  out += "}\n";
}

}  // namespace hearsay
