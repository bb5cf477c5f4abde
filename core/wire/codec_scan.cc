#include "core/wire/codec_scan.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>

#include "core/base/assert.h"
#include "core/wire/codec.h"
#include "core/wire/utf8.h"

namespace hearsay {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::uint64_t kMaxFieldNumber = (std::uint64_t{1} << 29) - 1;
// The longest key or length that libprotobuf reads.
constexpr std::size_t kShortForm = 5;

enum WireType {
  kVarint = 0,
  kFixed64 = 1,
  kLength = 2,
  kStartGroup = 3,
  kEndGroup = 4,
  kFixed32 = 5
};

void append_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

// Walks one buffer. With `rewrite` it also copies it, keys and lengths in their shortest form.
class Walker {
 public:
  explicit Walker(bool rewrite) : rewrite_(rewrite) {}

  bool saw_long_form() const { return saw_long_form_; }

  // The fields of one message of type `type` (null: of a group, where nothing is known), up to the
  // end or, inside group `group` != 0, up to its end tag. Advances `rest`.
  std::optional<DecodeError> walk(const Descriptor* type, std::string_view& rest, int depth,
                                  std::uint64_t group, std::string& out) {
    if (depth > kMaxNesting) return DecodeError::kTooDeep;
    while (!rest.empty()) {
      std::uint64_t key = 0;
      if (auto error = read_form(rest, key)) return error;
      const std::uint64_t number = key >> 3;
      if (number == 0 || number > kMaxFieldNumber) return DecodeError::kBadFieldNumber;
      if (rewrite_) append_varint(out, key);
      if ((key & 7) == kEndGroup) {
        if (group == number) return std::nullopt;
        return DecodeError::kUnbalancedGroup;
      }
      if (auto error = value(type, rest, depth, key, out)) return error;
    }
    if (group != 0) return DecodeError::kUnbalancedGroup;
    return std::nullopt;
  }

 private:
  std::optional<DecodeError> value(const Descriptor* type, std::string_view& rest, int depth,
                                   std::uint64_t key, std::string& out) {
    switch (key & 7) {
      case kVarint: {
        std::uint64_t ignored = 0;
        const std::string_view before = rest;
        if (auto error = read_varint(rest, ignored)) return error;
        if (rewrite_) out.append(before.substr(0, before.size() - rest.size()));
        return std::nullopt;
      }
      case kFixed64:
        return skip(rest, 8, out);
      case kFixed32:
        return skip(rest, 4, out);
      case kLength:
        return length_delimited(type, rest, depth, static_cast<int>(key >> 3), out);
      case kStartGroup:
        return walk(nullptr, rest, depth + 1, key >> 3, out);
      default:
        return DecodeError::kBadWireType;
    }
  }

  std::optional<DecodeError> length_delimited(const Descriptor* type, std::string_view& rest,
                                              int depth, int number, std::string& out) {
    std::uint64_t length = 0;
    if (auto error = read_form(rest, length)) return error;
    if (length > rest.size()) return DecodeError::kTruncated;
    std::string_view bytes = rest.substr(0, length);
    rest.remove_prefix(length);
    const FieldDescriptor* field = type == nullptr ? nullptr : type->FindFieldByNumber(number);
    if (field != nullptr && field->type() == FieldDescriptor::TYPE_STRING &&
        !is_valid_utf8(bytes)) {
      return DecodeError::kInvalidUtf8;
    }
    if (field == nullptr || field->type() != FieldDescriptor::TYPE_MESSAGE) {
      if (rewrite_) {
        append_varint(out, length);
        out.append(bytes);
      }
      return std::nullopt;
    }
    std::string inner;
    if (auto error = walk(field->message_type(), bytes, depth + 1, 0, inner)) return error;
    if (rewrite_) {
      append_varint(out, inner.size());
      out.append(inner);
    }
    return std::nullopt;
  }

  std::optional<DecodeError> skip(std::string_view& rest, std::size_t n, std::string& out) {
    if (rest.size() < n) return DecodeError::kTruncated;
    if (rewrite_) out.append(rest.substr(0, n));
    rest.remove_prefix(n);
    return std::nullopt;
  }

  static std::optional<DecodeError> read_varint(std::string_view& rest, std::uint64_t& value) {
    for (std::size_t i = 0; i < 10; ++i) {
      if (i >= rest.size()) return DecodeError::kTruncated;
      const auto byte = static_cast<std::uint8_t>(rest[i]);
      if (i == 9 && byte > 1) return DecodeError::kBadVarint;
      value |= std::uint64_t{byte & 0x7Fu} << (7 * i);
      if (byte < 0x80) {
        rest.remove_prefix(i + 1);
        return std::nullopt;
      }
    }
    return DecodeError::kBadVarint;
  }

  // A key or a length.
  std::optional<DecodeError> read_form(std::string_view& rest, std::uint64_t& value) {
    const std::size_t before = rest.size();
    if (auto error = read_varint(rest, value)) return error;
    if (before - rest.size() > kShortForm) saw_long_form_ = true;
    return std::nullopt;
  }

  bool rewrite_;
  bool saw_long_form_ = false;
};

}  // namespace

std::optional<DecodeError> parse_strict(std::string_view bytes, google::protobuf::Message& out) {
  if (bytes.size() > kMaxMessageBytes) return DecodeError::kTooLarge;
  Walker check(false);
  std::string_view rest = bytes;
  std::string rewritten;
  if (auto error = check.walk(out.GetDescriptor(), rest, 0, 0, rewritten)) return error;
  if (check.saw_long_form()) {
    Walker rewrite(true);
    rest = bytes;
    const auto error = rewrite.walk(out.GetDescriptor(), rest, 0, 0, rewritten);
    HS_ASSERT(!error);
    bytes = rewritten;
  }
  if (!out.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return DecodeError::kRefused;
  return std::nullopt;
}

std::string serialize(const google::protobuf::Message& message) {
  std::string bytes;
  const bool done = message.SerializeToString(&bytes);
  HS_ASSERT(done);
  return bytes;
}

std::string unknown_bytes(const google::protobuf::Message& message) {
  const auto& fields = message.GetReflection()->GetUnknownFields(message);
  std::string bytes;
  if (!fields.empty()) fields.SerializeToString(&bytes);
  return bytes;
}

void set_unknown_bytes(google::protobuf::Message& message, std::string_view bytes) {
  if (bytes.empty()) return;
  auto* fields = message.GetReflection()->MutableUnknownFields(&message);
  const bool parsed = fields->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  HS_ASSERT_MSG(parsed, "unknown fields do not parse");
}

const char* decode_error_text(DecodeError error) {
  switch (error) {
    case DecodeError::kTooLarge:
      return "too large";
    case DecodeError::kTruncated:
      return "truncated";
    case DecodeError::kBadVarint:
      return "bad varint";
    case DecodeError::kBadFieldNumber:
      return "bad field number";
    case DecodeError::kBadWireType:
      return "bad wire type";
    case DecodeError::kUnbalancedGroup:
      return "unbalanced group";
    case DecodeError::kTooDeep:
      return "nested too deep";
    case DecodeError::kInvalidUtf8:
      return "invalid UTF-8";
    case DecodeError::kRefused:
      return "refused by the parser";
  }
  return "unknown";
}

}  // namespace hearsay
