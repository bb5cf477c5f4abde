#include "sim/simgrid/platform_file.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <pugixml.hpp>

namespace hearsay::sim {
namespace {

constexpr std::uintmax_t kMaxPlatformBytes = std::uintmax_t{64} << 20;
constexpr std::string_view kReference =
    "see https://simgrid.org/doc/latest/XML_reference.html for what a platform may hold";

// What stands between two texts, if both are there.
std::optional<std::string> between(std::string_view text, std::string_view before,
                                   std::string_view after) {
  const std::size_t begin = text.find(before);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(begin + before.size());
  const std::size_t end = after.empty() ? rest.size() : rest.find(after);
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(rest.substr(0, end));
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The file once more, to find the lines of what SimGrid names without one.
class PlatformFile {
 public:
  explicit PlatformFile(const std::string& path) {
    std::error_code none;
    if (!std::filesystem::is_regular_file(path, none)) return;
    std::ifstream in(path, std::ios::binary);
    text_.assign(std::istreambuf_iterator<char>(in), {});
    document_.load_buffer(text_.data(), text_.size());
  }

  pugi::xml_node root() const { return document_.child("platform"); }
  int line_of(const pugi::xml_node& node) const {
    const auto offset = std::min(static_cast<std::size_t>(node.offset_debug()), text_.size());
    return 1 + static_cast<int>(
                   std::count(text_.begin(), text_.begin() + std::ptrdiff_t(offset), '\n'));
  }
  // The last element of this name (any, for "") of which an attribute has the value.
  pugi::xml_node last(std::string_view name, const char* attribute, std::string_view value) const {
    return last_in(root(), [&](const pugi::xml_node& node) {
      return (name.empty() || name == node.name()) && value == node.attribute(attribute).value();
    });
  }
  template <typename Is>
  pugi::xml_node last_in(const pugi::xml_node& top, const Is& is) const {
    pugi::xml_node found;
    for (const pugi::xml_node& node : top.children()) {
      if (is(node)) found = node;
      if (const pugi::xml_node below = last_in(node, is)) found = below;
    }
    return found;
  }
  // The first element that begins on a line.
  std::string element_on(int line) const {
    std::istringstream lines(text_);
    std::string text;
    for (int i = 0; i < line; ++i)
      std::getline(lines, text);
    const std::size_t begin = text.find('<');
    if (begin == std::string::npos) return "";
    return text.substr(begin + 1, text.find_first_of(" />\t\r", begin + 1) - begin - 1);
  }

 private:
  std::string text_;
  pugi::xml_document document_;
};

// How many hosts radical="0-9,12" makes. What is no range makes none; SimGrid will complain.
std::uint64_t hosts_of(std::string_view radical) {
  std::uint64_t hosts = 0;
  while (!radical.empty()) {
    const std::string_view part = radical.substr(0, radical.find(','));
    radical.remove_prefix(std::min(radical.size(), part.size() + 1));
    std::uint64_t first = 0;
    const char* end = part.data() + part.size();
    const auto read = std::from_chars(part.data(), end, first);
    std::uint64_t last = first;
    if (read.ptr != end && *read.ptr == '-') std::from_chars(read.ptr + 1, end, last);
    if (last >= first) hosts += std::min(last - first, 2 * kMaxPlatformHosts) + 1;
  }
  return hosts;
}

struct Finding {
  int line = 0;
  std::string problem;
  std::string remedy;
};

// What the XML parser found. `line` is its own.
Finding reworded_syntax(std::string_view said, const PlatformFile& file, int line) {
  if (contains(said, " in prolog")) {
    return {line, "is no SimGrid platform",
            "begin it with <?xml version=\"1.0\"?> and <platform version=\"4.1\">"};
  }
  const auto wanted = between(said, ": `</", ">' expected");
  if (contains(said, "EOF in") || (wanted && file.element_on(line).empty())) {
    return {line, "ends in the middle", "end it with </platform>; perhaps it was cut off"};
  }
  const auto element = between(said, "' not set for `", "' element");
  if (const auto name = between(said, "Required attribute `", "'"); name && element) {
    return {line, fmt::format("<{}> lacks \"{}\"", *element, *name),
            fmt::format("write {}=\"…\" into it", *name)};
  }
  if (const auto name = between(said, "Bad attribute `", "'")) {
    const auto owner = between(said, "in `", "' element");
    return {line, fmt::format("<{}> has no attribute \"{}\"", owner.value_or("…"), *name),
            "leave it out, or mend its name"};
  }
  if (wanted) {
    return {
        line,
        fmt::format("<{}> is unknown, or may not stand in <{}>", file.element_on(line), *wanted),
        std::string(kReference)};
  }
  const auto rest = between(said, "): ", "");
  return {line, fmt::format("is no valid XML: {}", rest.value_or(std::string(said))),
          "mend it there, or a line or two above"};
}

// Words that a value may not have.
std::optional<Finding> reworded_value(std::string_view said, int line) {
  if (const auto unit = between(said, "unknown unit: ", "")) {
    return Finding{line, fmt::format("\"{}\" is no unit", *unit),
                   "write latencies in s, ms, us or ns, bandwidths in bps, kbps, Mbps or Gbps, "
                   "speeds in f, kf, Mf or Gf"};
  }
  if (const auto text = between(said, "cannot parse number:", "")) {
    return Finding{line, fmt::format("\"{}\" is no number", *text),
                   "write a number with its unit, such as \"40ms\", \"1Gbps\" or \"1Gf\""};
  }
  if (const auto text = between(said, "", " is not an int")) {
    return Finding{line, fmt::format("\"{}\" is no whole number", *text),
                   "write a whole number; hosts of a cluster are ranges such as radical=\"0-9\""};
  }
  if (contains(said, "FROM THE FUTURE")) {
    return Finding{line, "the platform's version is newer than SimGrid's",
                   "write <platform version=\"4.1\">"};
  }
  return std::nullopt;
}

// Names that are not there, or twice; and routes.
std::optional<Finding> reworded_name(std::string_view said, const PlatformFile& file, int line) {
  if (const auto link = between(said, "Link not found: ", "")) {
    const auto user = file.last("link_ctn", "id", *link);
    return Finding{user ? file.line_of(user) : line, fmt::format("there is no link \"{}\"", *link),
                   "name a <link> that stands before, or write one"};
  }
  if (const auto node = between(said, "='", "' does name a node")) {
    return Finding{line, fmt::format("there is no host, router or zone \"{}\"", *node),
                   "name one that stands before, or write one"};
  }
  if (const auto twice = between(said, "Link '", "' declared several times")) {
    const auto second = file.last("link", "id", *twice);
    return Finding{second ? file.line_of(second) : line,
                   fmt::format("\"{}\" is the name of two links", *twice), "write another name"};
  }
  if (const auto twice = between(said, "second NetZone called '", "'")) {
    const auto second = file.last("", "id", *twice);
    return Finding{second ? file.line_of(second) : line,
                   fmt::format("\"{}\" is the name of two zones", *twice), "write another name"};
  }
  if (contains(said, "Not a valid model!")) {
    const auto zone = file.last_in(file.root(), [](const pugi::xml_node& node) {
      constexpr std::string_view kKnown =
          " Cluster ClusterCrossbar ClusterDragonfly ClusterFatTree ClusterTorus Dijkstra "
          "DijkstraCache Empty Floyd Full None Star Vivaldi Wifi ";
      const std::string routing = node.attribute("routing").value();
      return !routing.empty() && !contains(kKnown, " " + routing + " ");
    });
    return Finding{zone ? file.line_of(zone) : line,
                   fmt::format("there is no routing \"{}\"", zone.attribute("routing").value()),
                   "write \"Full\", \"Floyd\", \"Dijkstra\" or \"Star\""};
  }
  if (const auto ends = between(said, "route between ", " already exists")) {
    return Finding{line, fmt::format("there are two routes between {}", *ends),
                   "keep one: it counts in both directions, unless it says symmetrical=\"NO\""};
  }
  for (const std::string_view words : {"Bad gateways for route from '", "No route from '"}) {
    const auto from = between(said, words, "' to '");
    const auto to = between(said, "' to '", "'");
    if (!from || !to) continue;
    return Finding{line, fmt::format("there is no route from \"{}\" to \"{}\"", *from, *to),
                   "write a <route>, or a <zoneRoute> between their zones with gateways in both"};
  }
  return std::nullopt;
}

std::string text_of(const std::string& path, const Finding& finding) {
  const std::string line = finding.line > 0 ? fmt::format(":{}", finding.line) : "";
  return fmt::format("{}{}: {}; {}", path, line, finding.problem, finding.remedy);
}

}  // namespace

std::optional<std::string> too_large_platform(const std::string& path) {
  std::error_code none;
  if (std::filesystem::file_size(path, none) > kMaxPlatformBytes && !none) {
    return text_of(path, {0, fmt::format("is larger than {} MiB", kMaxPlatformBytes >> 20),
                          "put alike hosts into a <cluster>"});
  }
  const PlatformFile file(path);
  std::uint64_t hosts = 0;
  pugi::xml_node where;
  // Whose hosts are too many, alone or with those before.
  file.last_in(file.root(), [&](const pugi::xml_node& node) {
    const bool one =
        std::string_view(node.name()) == "host" || std::string_view(node.name()) == "peer";
    hosts += one ? 1 : hosts_of(node.attribute("radical").value());
    if (hosts > kMaxPlatformHosts && !where) where = node;
    return false;
  });
  if (!where) return std::nullopt;
  return text_of(
      path, {file.line_of(where),
             fmt::format("<{}> makes more than {} hosts in all", where.name(), kMaxPlatformHosts),
             "leave out those in which no peer would stand"});
}

std::string platform_complaint(const std::string& path, std::string_view said) {
  const PlatformFile file(path);
  int line = 0;
  if (const auto place = between(said, "Parse error at " + path + ":", ": ")) {
    std::from_chars(place->data(), place->data() + place->size(), line);
    said.remove_prefix(said.find(*place + ": ") + place->size() + 2);
  }
  if (contains(said, "Invalid XML (")) return text_of(path, reworded_syntax(said, file, line));
  auto finding = reworded_value(said, line);
  if (!finding) finding = reworded_name(said, file, line);
  if (finding) return text_of(path, *finding);
  const std::string first_line(said.substr(0, said.find('\n')));
  const std::size_t cut = first_line.find("; ");
  if (cut == std::string::npos) return text_of(path, {line, first_line, std::string(kReference)});
  return text_of(path, {line, first_line.substr(0, cut), first_line.substr(cut + 2)});
}

}  // namespace hearsay::sim
