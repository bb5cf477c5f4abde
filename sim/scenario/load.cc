#include "sim/scenario/load.h"

#include <algorithm>
#include <climits>
#include <utility>

#include <fmt/format.h>

#include "sim/scenario/arrivals.h"
#include "sim/scenario/input_file.h"
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

// What a recorded stream's file says. It is a document of its own, with its own lines.
void read_recorded(const Scenario& scenario, std::size_t index, ComplaintBook& book,
                   Complaints& complaints, std::vector<RecordedBlock>& out) {
  const BlockStream& blocks = scenario.blocks[index];
  const JsonPath path = JsonPath{} / "blocks" / index;
  const JsonNode* name = book.document().find(path / "file");
  if (!book.clean(path / "file") || name == nullptr) return;
  const auto text = read_input_file(blocks.file, kMaxArrivalsBytes);
  if (!text.ok()) {
    book.add(path / "file", fmt::format("{} {}", name->shown(), text.error()),
             fmt::format("name a CSV file (looked for {})", shown(blocks.file, 200)));
    return;
  }
  const bool end_known = book.clean(JsonPath{} / "duration") && book.clean(path / "start");
  const Duration latest = end_known ? scenario.duration - blocks.start : kMaxRun;
  out = parse_arrivals(text.value(), name->text, latest, complaints);
}

}  // namespace

Result<std::string, Complaint> read_scenario_file(const std::string& path) {
  auto text = read_input_file(path, kMaxScenarioBytes);
  if (text.ok()) return std::move(text).value();
  return Error{
      Complaint{path, 0, "", text.error(),
                path == "-" ? "write /dev/stdin for standard input" : "name a scenario file"}};
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
  for (std::size_t i = 0; i < scenario.blocks.size() && options.rules.check_files; ++i) {
    BlockStream& blocks = scenario.blocks[i];
    if (blocks.arrivals != Arrivals::kReplay) continue;
    read_recorded(scenario, i, book, complaints, blocks.recorded);
  }
  Complaints remarks = book.warnings();
  for (Complaint& remark : sources.judge(scenario))
    remarks.push_back(std::move(remark));
  if (!complaints.empty()) return Error{in_order(complaints, file)};
  if (warnings != nullptr) *warnings = in_order(remarks, file);
  return scenario;
}

}  // namespace hearsay::scenario
