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
    // As bytes, as SimGrid reads them.
    well_formed_ = static_cast<bool>(document_.load_buffer(
        text_.data(), text_.size(), pugi::parse_default, pugi::encoding_utf8));
  }

  int line_of(const pugi::xml_node& node) const {
    return line_at(static_cast<std::size_t>(node.offset_debug()));
  }
  // The last element of this name (any, for "") of which an attribute has the value.
  pugi::xml_node last(std::string_view name, const char* attribute, std::string_view value) const {
    return last([&](const pugi::xml_node& node) {
      return (name.empty() || name == node.name()) && value == node.attribute(attribute).value();
    });
  }
  template <typename Is>
  pugi::xml_node last(const Is& is) const {
    pugi::xml_node found;
    each([&](const pugi::xml_node& node, int /*depth*/) {
      if (is(node)) found = node;
    });
    return found;
  }
  // Calls with every element and how deep it is, from 1, in their order. Not recursive: a file may
  // be deeper than our stack.
  template <typename Call>
  void each(const Call& call) const {
    int depth = 1;
    for (pugi::xml_node node = document_.first_child(); node;) {
      if (node.type() == pugi::node_element) call(node, depth);
      if (node.first_child()) {
        node = node.first_child();
        ++depth;
        continue;
      }
      while (node && !node.next_sibling()) {
        node = node.parent();
        --depth;
      }
      node = node.next_sibling();
    }
  }
  // The line of the first <config>, or 0. SimGrid obeys one as it reads it, so in a file that is
  // not well formed the text counts, commented out or not.
  int line_of_config() const {
    constexpr std::string_view kConfig = "config";
    int line = 0;
    each([&](const pugi::xml_node& node, int /*depth*/) {
      if (line == 0 && kConfig == node.name()) line = line_of(node);
    });
    if (line != 0 || well_formed_) return line;
    const std::size_t at = text_.find("<config");
    return at == std::string::npos ? 0 : line_at(at);
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
  int line_at(std::size_t offset) const {
    offset = std::min(offset, text_.size());
    return 1 + static_cast<int>(
                   std::count(text_.begin(), text_.begin() + std::ptrdiff_t(offset), '\n'));
  }

  std::string text_;
  pugi::xml_document document_;
  bool well_formed_ = false;
};

// As std::stoi, with which SimGrid reads: blanks and a plus before are skipped, what comes behind
// is not looked at.
std::uint64_t number_in(std::string_view text) {
  text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t\n\v\f\r")));
  if (text.starts_with('+')) text.remove_prefix(1);
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// How many hosts radical="0-9,12" makes. What is no range makes none or one; SimGrid will complain.
std::uint64_t hosts_of(std::string_view radical) {
  std::uint64_t hosts = 0;
  while (!radical.empty()) {
    const std::string_view part = radical.substr(0, radical.find(','));
    radical.remove_prefix(std::min(radical.size(), part.size() + 1));
    const std::size_t dash = part.find('-');
    const std::uint64_t first = number_in(part.substr(0, dash));
    const std::uint64_t last =
        dash == std::string_view::npos ? first : number_in(part.substr(dash + 1));
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
            "begin it with <?xml version=\"1.0\"?>, <!DOCTYPE platform SYSTEM "
            "\"https://simgrid.org/simgrid.dtd\"> and <platform version=\"4.1\">"};
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
    const auto zone = file.last([](const pugi::xml_node& node) {
      constexpr std::string_view kKnown =
          " Cluster ClusterCrossbar ClusterDragonfly ClusterFatTree ClusterTorus Dijkstra "
          "DijkstraCache Empty Floyd Full None Vivaldi Wifi ";
      const std::string routing = node.attribute("routing").value();
      return !routing.empty() && !contains(kKnown, " " + routing + " ");
    });
    return Finding{zone ? file.line_of(zone) : line,
                   fmt::format("there is no routing \"{}\"", zone.attribute("routing").value()),
                   "write \"Full\", \"Floyd\", \"Dijkstra\" or \"Vivaldi\""};
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

std::optional<std::string> unreadable_platform(const std::string& path) {
  std::error_code none;
  for (const std::string_view library : {".so", ".dylib"}) {
    if (!path.ends_with(library)) continue;
    return text_of(
        path, {0, "has the name of a library, which SimGrid would run", "name a platform in XML"});
  }
  if (std::filesystem::file_size(path, none) > kMaxPlatformBytes && !none) {
    return text_of(path, {0, fmt::format("is larger than {} MiB", kMaxPlatformBytes >> 20),
                          "put alike hosts into a <cluster>"});
  }
  const PlatformFile file(path);
  if (const int line = file.line_of_config(); line != 0) {
    return text_of(path, {line, "<config> is not taken from a platform",
                          "leave it out; hosts, links and routes are all that counts"});
  }
  std::uint64_t hosts = 0;
  pugi::xml_node too_many;  // whose hosts are too many, alone or with those before
  pugi::xml_node too_deep;
  file.each([&](const pugi::xml_node& node, int depth) {
    const bool one =
        std::string_view(node.name()) == "host" || std::string_view(node.name()) == "peer";
    hosts += one ? 1 : hosts_of(node.attribute("radical").value());
    if (hosts > kMaxPlatformHosts && !too_many) too_many = node;
    if (depth > kMaxPlatformDepth && !too_deep) too_deep = node;
  });
  if (too_deep) {
    return text_of(
        path, {file.line_of(too_deep),
               fmt::format("<{}> is nested more than {} deep", too_deep.name(), kMaxPlatformDepth),
               "put zones side by side"});
  }
  if (!too_many) return std::nullopt;
  return text_of(path, {file.line_of(too_many),
                        fmt::format("<{}> makes more than {} hosts in all", too_many.name(),
                                    kMaxPlatformHosts),
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
  if (const auto link = between(said, "the link \"", "\" has ")) {
    if (const auto where = file.last("link", "id", *link)) line = file.line_of(where);
  }
  const std::string first_line(said.substr(0, said.find('\n')));
  const std::size_t cut = first_line.find("; ");
  if (cut == std::string::npos) return text_of(path, {line, first_line, std::string(kReference)});
  return text_of(path, {line, first_line.substr(0, cut), first_line.substr(cut + 2)});
}

}  // namespace hearsay::sim
