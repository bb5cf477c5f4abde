#include "sim/scenario/arrivals.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "sim/scenario/units.h"

namespace hearsay::scenario {
namespace {

constexpr std::string_view kHead = "time_s,size_bytes";
constexpr std::size_t kDecimals = 9;

bool digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The whole text as a number.
std::optional<std::uint64_t> whole(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc{} && end == text.data() + text.size() && digits(text);
  return good ? std::optional(value) : std::nullopt;
}

// Decimal seconds, exactly.
std::optional<Duration> seconds(std::string_view text) {
  const auto dot = std::min(text.find('.'), text.size());
  const auto front = whole(text.substr(0, dot));
  std::string decimals(text.substr(std::min(dot + 1, text.size())));
  if (!front || *front > static_cast<std::uint64_t>(kMaxRun / kSecond)) return std::nullopt;
  if (dot + 1 == text.size() || decimals.size() > kDecimals || !digits(decimals)) {
    return std::nullopt;
  }
  decimals.resize(kDecimals, '0');
  return static_cast<Duration>(*front) * kSecond + static_cast<Duration>(*whole(decimals));
}

class Reader {
 public:
  Reader(const std::string& file, Duration latest, Complaints& complaints)
      : file_(file), latest_(latest), complaints_(complaints) {}

  void line(std::string_view text) {
    ++number_;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.empty()) return;
    if (headed_) return row(text);
    headed_ = true;
    if (text == kHead) return;
    complain("", fmt::format("{} is not the head of the table", shown(text)),
             fmt::format("begin with the line \"{}\"", kHead));
  }
  std::vector<RecordedBlock> take() {
    if (!headed_ || (rows_ == 0 && said_ == 0)) {
      number_ = 0;
      complain("", "holds no blocks", fmt::format("write \"{}\" and a line for each block", kHead));
    }
    return std::move(blocks_);
  }
  bool full() const { return rows_ > kMaxBlocks || said_ > kMaxComplaints; }

 private:
  void complain(std::string_view column, std::string problem, std::string remedy) {
    ++said_;
    complaints_.push_back(
        {file_, number_, std::string(column), std::move(problem), std::move(remedy)});
  }

  void row(std::string_view text) {
    if (++rows_ > kMaxBlocks) {
      return complain("", fmt::format("more than {} blocks", kMaxBlocks), "record fewer");
    }
    const auto comma = text.find(',');
    if (comma == std::string_view::npos || text.find(',', comma + 1) != std::string_view::npos) {
      return complain("", fmt::format("{} has not two columns", shown(text)),
                      "write a time and a size, such as 12.5,1024");
    }
    const auto at = time(text.substr(0, comma));
    const auto bytes = size(text.substr(comma + 1));
    if (at && bytes) blocks_.push_back({*at, *bytes});
  }

  std::optional<Duration> time(std::string_view text) {
    const auto at = seconds(text);
    if (!at) {
      complain("time_s", fmt::format("{} is no time", shown(text)),
               "write seconds with up to 9 decimals, such as 12.5");
    } else if (*at < last_) {
      complain(
          "time_s", fmt::format("{} is before the line above", text),
          fmt::format("sort the lines by time (the last is at \"{}\")", format_duration(last_)));
      return std::nullopt;
    } else if (*at > latest_) {
      complain("time_s", fmt::format("{} is after the end of the run", text),
               fmt::format("record up to \"{}\" from the stream's start, or run for longer",
                           format_duration(latest_)));
      return std::nullopt;
    }
    if (at) last_ = *at;
    return at;
  }

  std::optional<std::uint64_t> size(std::string_view text) {
    const auto bytes = whole(text);
    if (bytes && *bytes >= 1 && *bytes <= kMaxBlockSize) return bytes;
    complain("size_bytes", fmt::format("{} is no size of a block", shown(text)),
             fmt::format("write a whole number of bytes from 1 to {}", kMaxBlockSize));
    return std::nullopt;
  }

  const std::string& file_;
  const Duration latest_;
  Complaints& complaints_;
  int number_ = 0;
  std::uint32_t rows_ = 0;
  std::size_t said_ = 0;
  bool headed_ = false;
  Duration last_ = 0;
  std::vector<RecordedBlock> blocks_;
};

}  // namespace

std::vector<RecordedBlock> parse_arrivals(std::string_view text, const std::string& file,
                                          Duration latest, Complaints& complaints) {
  Reader reader(file, latest, complaints);
  // Spreadsheets put it in front of UTF-8.
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  while (!text.empty() && !reader.full()) {
    const auto end = std::min(text.find('\n'), text.size());
    reader.line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return reader.take();
}

}  // namespace hearsay::scenario
