#include "tests/tidy/layering.h"

#include <algorithm>
#include <map>
#include <optional>

namespace hearsay::tidy {
namespace {

using Names = std::vector<std::string_view>;

// Room -> the rooms it may include besides itself. A room that is missing here may include nothing,
// so that a new room must be entered.
const std::map<std::string, Names, std::less<>>& layers() {
  static const Names core_below_gossip = {"core/base", "core/trace", "core/wire", "core/ports"};
  static const std::map<std::string, Names, std::less<>> table = {
      {"core/base", {}},
      {"core/trace", {"core/base"}},
      {"core/wire", {"core/base"}},
      {"core/ports", {"core/base", "core/trace", "core/wire"}},
      {"core/gossip", core_below_gossip},
      {"core/deliver", {"core/base", "core/trace", "core/wire", "core/ports", "core/gossip"}},
      {"core/node",
       {"core/base", "core/trace", "core/wire", "core/ports", "core/gossip", "core/deliver"}},
      {"core/grpc", core_below_gossip},
      // These know a peer through a narrow port only, not through Fabric's engines: another
      // protocol must be able to live in the same world.
      {"sim/world", core_below_gossip},
      {"sim/net", {"core/base", "core/trace", "core/wire", "core/ports", "sim/world"}},
      {"sim/simgrid", {"core/base", "core/trace", "core/ports", "sim/world", "sim/net"}},
      {"sim/fault", {"core/base", "core/trace", "core/wire", "core/ports", "sim/world", "sim/net"}},
      {"sim/model", {"core/base", "core/trace", "core/wire", "core/ports", "sim/world", "sim/net"}},
      // Plain data: what to build, nothing that is built. Of the engines it knows the config keys.
      {"sim/scenario", {"core/base", "core/trace", "core/gossip"}},
      {"sim/run",
       {"core/base", "core/trace", "core/wire", "core/ports", "core/gossip", "core/deliver",
        "core/node", "sim/world", "sim/net", "sim/simgrid", "sim/fault", "sim/model",
        "sim/scenario"}},
      {"sim/cli",
       {"core/base", "core/trace", "core/wire", "core/ports", "core/gossip", "core/deliver",
        "core/node", "sim/world", "sim/net", "sim/simgrid", "sim/fault", "sim/model",
        "sim/scenario", "sim/run", "analysis"}},
      // It must be able to judge the trace of a real deployment.
      {"analysis", {"core/base", "core/trace"}},
  };
  return table;
}

// Headers that only some places may include. `header` is the beginning of what stands between < and
// > or between the quotes; `places` as for under().
struct LibraryRule {
  std::string_view header;
  Names places;
  std::string_view why;
};

const std::vector<LibraryRule>& library_rules() {
  static const std::vector<LibraryRule> rules = {
      {"simgrid/", {"sim/simgrid", "tests/bench"}, "SimGrid is known to sim/simgrid alone"},
      {"xbt/", {"sim/simgrid", "tests/bench"}, "SimGrid is known to sim/simgrid alone"},
      {"nlohmann/",
       {"sim/scenario", "sim/run", "sim/cli", "analysis/report_json*", "tests"},
       "JSON is read and written in sim/scenario, sim/run, sim/cli and analysis/report_json alone"},
      {"google/protobuf/",
       {"core/wire/codec*", "tests"},
       "protobuf is an implementation detail of core/wire/codec.cc"},
      {"yaml-cpp/", {"sim/scenario"}, "YAML is read in sim/scenario alone"},
      {"prometheus/", {"sim/run"}, "the text of metrics is written in sim/run alone"},
      {"CLI/", {"sim/cli"}, "the command line belongs to sim/cli"},
      {"grpc", {"core/grpc"}, "gRPC belongs to core/grpc"},
      {"gtest/", {"tests"}, "GoogleTest belongs to tests"},
      {"gmock/", {"tests"}, "GoogleTest belongs to tests"},
      {"benchmark/", {"tests"}, "Google Benchmark belongs to tests"},
  };
  return rules;
}

// System headers by which a room would do what its layer may not.
const std::vector<LibraryRule>& system_rules() {
  static const Names io = {"core/grpc", "sim", "analysis", "tests"};
  static const Names threads = {"core/grpc", "sim/run", "sim/cli", "tests"};
  static const std::vector<LibraryRule> rules = {
      {"iostream", io, "core does no input or output: return a value or a string"},
      {"fstream", io, "core does no input or output: return a value or a string"},
      {"filesystem", io, "core does no input or output: return a value or a string"},
      {"thread", threads, "no thread below sim/run: one strand per node, one calendar per world"},
      {"mutex", threads, "no lock below sim/run: one strand per node, one calendar per world"},
      {"shared_mutex", threads,
       "no lock below sim/run: one strand per node, one calendar per world"},
      {"condition_variable", threads, "no thread below sim/run: use the calendar"},
      {"atomic", threads, "no atomic below sim/run: one strand per node, one calendar per world"},
      {"future", threads, "no thread below sim/run: use the calendar"},
      {"cassert", {}, "use HS_ASSERT (core/base/assert.h): it stays on in release builds"},
      {"assert.h", {}, "use HS_ASSERT (core/base/assert.h): it stays on in release builds"},
  };
  return rules;
}

struct Include {
  std::string header;
  bool quoted = false;
  int line = 1;
};

// The header that `line` includes. `masked` is the same line with its literals blanked: an #include
// inside a raw string is none.
std::optional<Include> include_of(std::string_view line, std::string_view masked, int number) {
  const std::size_t hash = masked.find_first_not_of(" \t");
  if (hash == std::string_view::npos || masked[hash] != '#') return std::nullopt;
  const std::size_t word = masked.find_first_not_of(" \t", hash + 1);
  if (word == std::string_view::npos || !masked.substr(word).starts_with("include")) {
    return std::nullopt;
  }
  const std::size_t open = line.find_first_of("\"<", word);
  if (open == std::string_view::npos) return std::nullopt;
  const bool quoted = line[open] == '"';
  const std::size_t close = line.find(quoted ? '"' : '>', open + 1);
  if (close == std::string_view::npos) return std::nullopt;
  return Include{std::string(line.substr(open + 1, close - open - 1)), quoted, number};
}

std::vector<Include> includes_of(std::string_view text) {
  const std::string code = without_comments(text, false);
  const std::string masked = without_comments(text, true);
  const std::vector<std::string_view> lines = lines_of(code);
  const std::vector<std::string_view> masked_lines = lines_of(masked);
  std::vector<Include> out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (auto include = include_of(lines[i], masked_lines[i], static_cast<int>(i) + 1)) {
      out.push_back(*include);
    }
  }
  return out;
}

bool is_generated(std::string_view header) { return header.ends_with(".pb.h"); }

bool is_own(std::string_view header) {
  const std::string room = room_of(header);
  return room == "analysis" || room == "tests" || room.starts_with("core") ||
         room.starts_with("sim/");
}

bool allowed(std::string_view path, const Names& places) {
  return std::any_of(places.begin(), places.end(),
                     [path](std::string_view place) { return under(path, place); });
}

std::string list(const Names& names) {
  if (names.empty()) return "nothing but itself";
  std::string out;
  for (std::string_view name : names)
    out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

// What is wrong with `path` including `header`, or nothing.
std::optional<std::string> layer_complaint(std::string_view path, const Include& include) {
  const std::string from = room_of(path);
  const std::string to = room_of(include.header);
  const std::string what = "includes \"" + include.header + "\"; ";
  if (include.quoted && !is_own(include.header)) {
    return what + "write own headers relative to the root (\"core/base/time.h\"), others in <>";
  }
  if (!is_own(include.header) || from == "tests" || from == to) return std::nullopt;
  if (to == "tests") return what + "nothing outside tests/ may include tests/";
  const auto row = layers().find(from);
  if (row == layers().end()) {
    return what + "room " + from + " is not in the table of tests/tidy/layering.cc: enter it";
  }
  if (std::find(row->second.begin(), row->second.end(), to) != row->second.end())
    return std::nullopt;
  return what + from + " may include " + list(row->second);
}

}  // namespace

Findings check_layers(const SourceFile& file) {
  Findings out;
  for (const Include& include : includes_of(file.text)) {
    if (auto complaint = layer_complaint(file.path, include)) {
      out.push_back({file.path, include.line, *complaint});
    }
  }
  return out;
}

Findings check_libraries(const SourceFile& file) {
  Findings out;
  for (const Include& include : includes_of(file.text)) {
    auto complain = [&](std::string_view why) {
      out.push_back(
          {file.path, include.line, "includes <" + include.header + ">; " + std::string(why)});
    };
    for (const LibraryRule& rule : library_rules()) {
      if (include.header.starts_with(rule.header) && !allowed(file.path, rule.places)) {
        complain(rule.why);
      }
    }
    for (const LibraryRule& rule : system_rules()) {
      if (include.header == rule.header && !allowed(file.path, rule.places)) complain(rule.why);
    }
    if (is_generated(include.header) && !allowed(file.path, {"core/wire/codec*", "tests"})) {
      complain("generated protobuf classes appear in core/wire/codec.cc alone");
    }
  }
  return out;
}

Findings check_includes_exist(const SourceFile& file, const std::set<std::string>& paths) {
  Findings out;
  for (const Include& include : includes_of(file.text)) {
    if (!is_own(include.header)) continue;
    std::string path = include.header;
    if (is_generated(path)) path.replace(path.size() - 5, 5, ".proto");
    if (!paths.contains(path)) {
      out.push_back(
          {file.path, include.line, "includes \"" + include.header + "\"; there is no " + path});
    }
  }
  return out;
}

}  // namespace hearsay::tidy
