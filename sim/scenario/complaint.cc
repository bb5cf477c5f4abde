#include "sim/scenario/complaint.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace hearsay::scenario {
namespace {

constexpr std::size_t kComparedLength = 100;
constexpr std::size_t kListedWords = 20;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The number of bytes of the well-formed UTF-8 sequence that begins at `text[at]`, or 0.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) return 0;
  }
  return length;
}

// Optimal string alignment: insertions, deletions, substitutions and transpositions of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  a = a.substr(0, kComparedLength);
  b = b.substr(0, kComparedLength);
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string Complaint::text() const {
  std::string out = file;
  if (line > 0) out += fmt::format(":{}", line);
  out += ": ";
  if (!path.empty()) out += path + ": ";
  out += problem;
  if (!remedy.empty()) out += "; " + remedy;
  return out;
}

std::string shown(std::string_view text, std::size_t max_length) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    if (out.size() > max_length) return out + "…\"";
    const std::size_t length = utf8_length(text, i);
    const auto byte = static_cast<unsigned char>(text[i]);
    if (length == 0 || byte < 0x20 || byte == 0x7F) {
      out += '?';
      ++i;
    } else {
      out += text.substr(i, length);
      i += length;
    }
  }
  return out + "\"";
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t best_distance = std::numeric_limits<std::size_t>::max();
  for (const std::string_view candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  const std::size_t allowed = std::max<std::size_t>(2, best.size() / 3);
  return best_distance <= allowed && best_distance < best.size() ? best : std::string_view{};
}

std::string suggestion(std::string_view word, std::span<const std::string_view> known,
                       std::string_view what) {
  const std::string_view near = nearest(word, known);
  if (!near.empty()) return fmt::format("did you mean {}?", shown(near));
  if (known.empty()) return fmt::format("there are no {} here", what);
  std::string list;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (i == kListedWords) {
      list += ", …";
      break;
    }
    if (i > 0) list += ", ";
    list += known[i];
  }
  return fmt::format("known {}: {}", what, list);
}

}  // namespace hearsay::scenario
