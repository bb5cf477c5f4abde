// The reading half of TraceCodec: a scanner for one flat JSON object, and the fields by kind.

#include <charconv>
#include <limits>
#include <optional>

#include "core/trace/codec.h"
#include "core/trace/codec_fields.h"

namespace hearsay {
namespace {

using trace_fields::DetailForm;
using trace_fields::ValueForm;
using trace_fields::Words;

// A scalar of JSON: a string (unescaped) or the spelling of anything else.
struct Scalar {
  std::string text;
  bool quoted = false;
};

// Walks over {"key":scalar,…}; nested values are refused.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool open() { return take('{'); }
  // The next key and value; false at the closing brace, or when fault() became true.
  bool next(Scalar& key, Scalar& value) {
    blank();
    if (take('}')) {
      blank();
      fault_ = at_ != text_.size();
      return false;
    }
    if ((!first_ && !take(',')) || !string(key) || !take(':') || !scalar(value)) fault_ = true;
    first_ = false;
    return !fault_;
  }
  bool fault() const { return fault_; }

 private:
  void blank() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  bool take(char c) {
    blank();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool scalar(Scalar& out) {
    blank();
    if (at_ < text_.size() && text_[at_] == '"') return string(out);
    out.quoted = false;
    const std::size_t begin = at_;
    while (at_ < text_.size() &&
           std::string_view(",} \t\r\n").find(text_[at_]) == std::string_view::npos) {
      if (std::string_view("{[\"").find(text_[at_]) != std::string_view::npos) return false;
      ++at_;
    }
    out.text = text_.substr(begin, at_ - begin);
    return !out.text.empty();
  }
  bool string(Scalar& out) {
    if (!take('"')) return false;
    out.quoted = true;
    out.text.clear();
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return true;
      if (c != '\\') {
        out.text += c;
      } else if (!escape(out.text)) {
        return false;
      }
    }
    return false;
  }
  bool escape(std::string& out) {
    if (at_ >= text_.size()) return false;
    const char c = text_[at_++];
    static constexpr std::string_view kFrom = "\"\\/bfnrt";
    static constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
    if (const std::size_t i = kFrom.find(c); i != std::string_view::npos) {
      out += kTo[i];
      return true;
    }
    return c == 'u' && code_point(out);
  }
  bool unit(std::uint32_t& out) {
    if (text_.size() - at_ < 4) return false;
    const char* begin = text_.data() + at_;
    at_ += 4;
    const auto end = std::from_chars(begin, begin + 4, out, 16);
    return end.ec == std::errc() && end.ptr == begin + 4;
  }
  // \uXXXX, with surrogate pairs, as UTF-8.
  bool code_point(std::string& out) {
    std::uint32_t code = 0;
    if (!unit(code)) return false;
    if (code >= 0xD800 && code < 0xE000) {
      std::uint32_t low = 0;
      if (code >= 0xDC00 || text_.substr(at_, 2) != "\\u") return false;
      at_ += 2;
      if (!unit(low) || low < 0xDC00 || low >= 0xE000) return false;
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xC0 | code >> 6), put(0x80 | (code & 63));
    } else if (code < 0x10000) {
      put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 63)), put(0x80 | (code & 63));
    } else {
      put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 63));
      put(0x80 | (code >> 6 & 63)), put(0x80 | (code & 63));
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool first_ = true;
  bool fault_ = false;
};

template <typename T>
bool number(const std::string& text, T& out, int base = 10) {
  std::uint64_t wide = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, wide, base);
  if (result.ec != std::errc() || result.ptr != end) return false;
  if (wide > std::numeric_limits<T>::max()) return false;
  out = static_cast<T>(wide);
  return true;
}

// Seconds with up to nine decimals, exactly.
bool time_of(std::string_view text, Time& out) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t dot = text.find('.');
  std::string whole(text.substr(0, dot));
  std::string part(dot == std::string_view::npos ? "" : text.substr(dot + 1));
  if (part.size() > 9) return false;
  part.resize(9, '0');
  std::uint64_t s = 0;
  std::uint64_t ns = 0;
  if (!number(whole, s) || !number(part, ns) || s > 9'223'372'036) return false;
  const std::uint64_t sum = s * 1'000'000'000 + ns;
  if (sum > static_cast<std::uint64_t>(std::numeric_limits<Time>::max())) return false;
  out = negative ? -static_cast<Time>(sum) : static_cast<Time>(sum);
  return true;
}

std::optional<TraceKind> kind_of(std::string_view name) {
  for (std::size_t i = 0; i < kTraceKinds; ++i) {
    const auto kind = static_cast<TraceKind>(i);
    if (name == trace_kind_name(kind)) return kind;
  }
  return std::nullopt;
}

bool detail_of(DetailForm form, const std::string& name, std::uint8_t& out) {
  for (unsigned i = 0; i < 256; ++i) {
    const auto detail = static_cast<std::uint8_t>(i);
    if (!name.empty() && trace_fields::detail_name(form, detail) == name) {
      out = detail;
      return true;
    }
  }
  return false;
}

}  // namespace

struct TraceCodec::Reader {
  const TraceCodec& codec;
  TraceEvent event;
  bool has_time = false;
  // The kind gives the other keys their meaning, so it must come before them; so does every writer.
  const Words* words = nullptr;
  std::string problem;

  template <typename T>
  bool name(const Names& names, const Scalar& value, T& out) {
    if (!value.quoted) return number(value.text, out);
    const auto found = names.index.find(value.text);
    if (found == names.index.end()) return false;
    out = static_cast<T>(found->second);
    return out == found->second;
  }
  bool peer(const Scalar& value, PeerIndex& out) {
    std::uint32_t index = 0;
    if (!name(codec.peers_, value, index)) return false;
    out = PeerIndex{index};
    return true;
  }
  bool channel(const Scalar& value) {
    std::uint16_t index = 0;
    if (!name(codec.channels_, value, index)) return false;
    event.channel = ChannelIndex{index};
    return true;
  }
  bool kind(const Scalar& value) {
    const auto found = kind_of(value.text);
    if (!found) return false;
    event.kind = *found;
    words = &trace_fields::words_of(*found);
    return true;
  }
  bool detail(const Scalar& value) {
    if (!value.quoted) return number(value.text, event.detail);
    if (words->detail_form == DetailForm::kTimer) return name(codec.timers_, value, event.detail);
    return detail_of(words->detail_form, value.text, event.detail);
  }
  bool value(const Scalar& v) {
    const bool hex = words->value_form == ValueForm::kHex;
    return number(v.text, event.value, hex ? 16 : 10);
  }

  // False when the value of this key makes no sense.
  bool field(const std::string& key, const Scalar& v) {
    if (key == "time_s") return has_time = !v.quoted && time_of(v.text, event.time);
    if (key == "kind") return kind(v);
    if (key == "peer") return peer(v, event.peer);
    if (key == "channel") return channel(v);
    if (key == "type") return name(codec.types_, v, event.type);
    if (words == nullptr) return true;
    const auto is = [&](std::string_view word, std::string_view general) {
      return word.empty() ? key == general : key == word;
    };
    if (is(words->other, trace_fields::kOther)) return peer(v, event.other);
    if (is(words->value, trace_fields::kValue)) return value(v);
    if (is(words->size, trace_fields::kSize)) return number(v.text, event.size);
    if (is(words->detail, trace_fields::kDetail)) return detail(v);
    return true;  // from a later version
  }
};

Result<TraceEvent> TraceCodec::parse_line(std::string_view line) const {
  Reader reader{*this, {}, false, nullptr, {}};
  Scanner scanner(line);
  Scalar key;
  Scalar value;
  if (!scanner.open()) return Error{std::string("this is not a JSON object")};
  while (scanner.next(key, value)) {
    if (!reader.field(key.text, value)) {
      return Error{"\"" + key.text + "\" cannot be \"" + value.text.substr(0, 60) + "\""};
    }
  }
  if (scanner.fault()) return Error{std::string("this is not a flat JSON object")};
  if (!reader.has_time) return Error{std::string("\"time_s\" is missing")};
  if (reader.words == nullptr) return Error{std::string("\"kind\" is missing")};
  return reader.event;
}

}  // namespace hearsay
