#include "sim/scenario/load.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "sim/scenario/judge_config.h"
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

// By place in the file, then what its core.yaml and the options brought, each in its order;
// complaints of one place keep theirs.
Complaints in_order(const Complaints& complaints, const std::string& file) {
  std::vector<std::string_view> files = {file};
  const auto rank = [&files](const Complaint& complaint) {
    return std::find(files.begin(), files.end(), complaint.file) - files.begin();
  };
  for (const Complaint& complaint : complaints) {
    if (rank(complaint) == std::ssize(files)) files.push_back(complaint.file);
  }
  const auto line = [](const Complaint& complaint) {
    return complaint.line == 0 ? INT_MAX : complaint.line;
  };
  Complaints sorted = complaints;
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Complaint& a, const Complaint& b) {
    return std::pair(rank(a), line(a)) < std::pair(rank(b), line(b));
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

Result<Scenario, Complaints> load_scenario(const std::string& path, const LoadOptions& options,
                                           Complaints* warnings) {
  const auto text = read_scenario_file(path);
  if (!text.ok()) return Error{Complaints{text.error()}};
  return load_scenario_text(text.value(), path, std::filesystem::path(path).parent_path(), options,
                            warnings);
}

Result<Scenario, Complaints> load_scenario_text(std::string_view text, const std::string& file,
                                                const std::filesystem::path& folder,
                                                const LoadOptions& options, Complaints* warnings) {
  Complaints complaints;
  auto document = parse_json(text, file, complaints);
  if (!document) return Error{complaints};
  for (const std::string& set : options.sets)
    apply_set(*document, set, complaints);
  if (options.seed) {
    apply_set(*document, fmt::format("seed={}", *options.seed), complaints, "--seed");
  }
  ComplaintBook book(*document, complaints);
  Scenario scenario = read_scenario(document->root, options.rules, book);
  ConfigSources sources(options.rules, book, complaints);
  sources.import_core_yaml(scenario, folder);
  scenario = resolve(std::move(scenario), name_from(file), folder);
  if (document->root.is(JsonNode::Kind::kObject)) validate(scenario, options.rules, book);
  const Complaints remarks = sources.judge(scenario);
  if (!complaints.empty()) return Error{in_order(complaints, file)};
  if (warnings != nullptr) *warnings = in_order(remarks, file);
  return scenario;
}

}  // namespace hearsay::scenario
