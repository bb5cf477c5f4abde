#include "sim/scenario/load.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <fstream>
#include <numeric>

#include <fmt/format.h>

#include "sim/scenario/read.h"
#include "sim/scenario/resolve.h"
#include "sim/scenario/set.h"

namespace hearsay::scenario {
namespace {

// A name that is allowed, made from a file's.
std::string name_from(const std::string& file) {
  std::string name = std::filesystem::path(file).stem().string().substr(0, kMaxNameLength);
  for (char& c : name) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.';
    if (!good) c = '-';
  }
  const bool letter =
      !name.empty() && name.front() != '-' && name.front() != '_' && name.front() != '.';
  return letter ? name : "scenario";
}

// By place in the file, then what the options brought; complaints of one place keep their order.
Complaints in_order(const Complaints& complaints, const std::string& file) {
  Complaints sorted = complaints;
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Complaint& a, const Complaint& b) {
    const bool a_option = a.file != file, b_option = b.file != file;
    if (a_option != b_option) return b_option;
    return a_option ? false : (a.line == 0 ? INT_MAX : a.line) < (b.line == 0 ? INT_MAX : b.line);
  });
  return sorted;
}

}  // namespace

Result<std::string, Complaint> read_scenario_file(const std::string& path) {
  const auto trouble = [&](std::string problem) {
    return Error{Complaint{path, 0, "", std::move(problem), "name a scenario file"}};
  };
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (error || !std::filesystem::exists(status)) {
    return trouble(fmt::format("cannot be read: {}", error ? error.message() : "no such file"));
  }
  if (std::filesystem::is_directory(status)) return trouble("is a directory");
  std::ifstream file(path, std::ios::binary);
  if (!file) return trouble(fmt::format("cannot be read: {}", std::strerror(errno)));
  std::string text(kMaxScenarioBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return trouble("cannot be read: input error");
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxScenarioBytes) return trouble("is larger than 16 MiB");
  return text;
}

Result<Scenario, Complaints> load_scenario(const std::string& path, const LoadOptions& options) {
  const auto text = read_scenario_file(path);
  if (!text.ok()) return Error{Complaints{text.error()}};
  return load_scenario_text(text.value(), path, std::filesystem::path(path).parent_path(), options);
}

Result<Scenario, Complaints> load_scenario_text(std::string_view text, const std::string& file,
                                                const std::filesystem::path& folder,
                                                const LoadOptions& options) {
  Complaints complaints;
  auto document = parse_json(text, file, complaints);
  if (!document) return Error{complaints};
  for (const std::string& set : options.sets)
    apply_set(*document, set, complaints);
  if (options.seed) {
    apply_set(*document, fmt::format("seed={}", *options.seed), complaints, "--seed");
  }
  ComplaintBook book(*document, complaints);
  Scenario scenario =
      resolve(read_scenario(document->root, options.rules, book), name_from(file), folder);
  if (document->root.is(JsonNode::Kind::kObject)) validate(scenario, options.rules, book);
  if (!complaints.empty()) return Error{in_order(complaints, file)};
  return scenario;
}

}  // namespace hearsay::scenario
