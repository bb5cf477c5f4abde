#include "sim/scenario/set.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace hearsay::scenario {
namespace {

using Kind = JsonNode::Kind;

constexpr std::size_t kMaxSteps = 32;

// "organizations[0].peers" and "organizations.0.peers" alike: {"organizations", "0", "peers"}.
// Behind a step "config" one step takes all that is left. Nothing if a part is empty.
std::optional<std::vector<std::string>> steps_of(std::string_view path) {
  std::vector<std::string> steps;
  while (true) {
    if (!steps.empty() && steps.back() == "config" && !path.empty()) {
      steps.emplace_back(path);
      return steps;
    }
    std::size_t end = std::min(path.find_first_of(".["), path.size());
    if (end == 0 && path.starts_with('[') && !steps.empty()) {
      const auto close = path.find(']');
      if (close == std::string_view::npos || close == 1) return std::nullopt;
      steps.emplace_back(path.substr(1, close - 1));
      end = close + 1;
    } else if (end == 0) {
      return std::nullopt;
    } else {
      steps.emplace_back(path.substr(0, end));
    }
    path.remove_prefix(end);
    if (steps.size() > kMaxSteps) return std::nullopt;
    if (path.empty()) return steps;
    if (path.front() == '.') {
      path.remove_prefix(1);
      if (path.empty() || path.front() == '[') return std::nullopt;
    } else if (path.front() != '[') {
      return std::nullopt;
    }
  }
}

std::optional<std::size_t> index_of(std::string_view text) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return index;
}

void stamp(JsonNode& node, Place place) {
  node.place = place;
  for (JsonNode& item : node.items)
    stamp(item, place);
}

// The value as JSON, or as text if it is none. Nothing if it begins like JSON and is broken.
std::optional<JsonNode> value_of(std::string_view text, const std::string& label, Complaints& out) {
  Complaints troubles;
  auto document = parse_json(text, label, troubles);
  if (!document && !text.starts_with('{') && !text.starts_with('[')) return JsonNode::of(text);
  const bool good = document && troubles.empty();
  for (Complaint& trouble : troubles) {
    trouble.line = 0;
    out.push_back(std::move(trouble));
  }
  if (!good) return std::nullopt;
  return std::move(document->root);
}

// Finds the node of the path, making what is missing; null with `trouble` filled if there is no
// way.
class Walker {
 public:
  Walker(const std::vector<std::string>& steps, Place place) : steps_(steps), place_(place) {}

  JsonNode* walk(JsonNode& root) {
    JsonNode* node = &root;
    for (at_ = 0; at_ < steps_.size() && node != nullptr; ++at_) {
      node = node->is(Kind::kArray) ? element(*node) : member(*node);
    }
    return node;
  }

  const JsonPath& path() const { return path_; }
  const Trouble& trouble() const { return trouble_; }

 private:
  JsonNode* fail(std::string problem, std::string remedy) {
    trouble_ = {std::move(problem), std::move(remedy)};
    return nullptr;
  }

  // What stands for a missing part: a list if the next step is an index.
  JsonNode made() const {
    JsonNode node;
    if (at_ + 1 < steps_.size()) {
      node = index_of(steps_[at_ + 1]) ? JsonNode::array() : JsonNode::object();
    }
    node.place = place_;
    return node;
  }

  JsonNode* element(JsonNode& list) {
    const auto index = index_of(steps_[at_]);
    const std::size_t size = list.items.size();
    const std::string indices =
        size == 0 ? "it is empty: write index 0" : fmt::format("write an index from 0 to {}", size);
    if (!index) return fail(fmt::format("a list has no part {}", shown(steps_[at_])), indices);
    if (*index > size) return fail(fmt::format("the list has no element {}", *index), indices);
    if (*index == size) list.push(made());
    path_ = path_ / *index;
    return &list.items[*index];
  }

  JsonNode* member(JsonNode& object) {
    if (!object.is(Kind::kObject)) {
      return fail(fmt::format("is {} and has no part {}", object.noun(), shown(steps_[at_])),
                  "end the path here");
    }
    path_ = path_ / steps_[at_];
    if (JsonNode* found = object.find(steps_[at_])) return found;
    object.put(steps_[at_], made());
    return &object.items.back();
  }

  const std::vector<std::string>& steps_;
  Place place_;
  std::size_t at_ = 0;
  JsonPath path_;
  Trouble trouble_;
};

}  // namespace

bool apply_set(JsonDocument& document, std::string_view assignment, Complaints& out,
               std::string_view option) {
  const std::string quoted = shown(assignment, 200);
  const std::string label = fmt::format("{} {}", option, quoted.substr(1, quoted.size() - 2));
  const auto equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    out.push_back({label, 0, "", "has no \"=\"", fmt::format("write {} path=value", option)});
    return false;
  }
  const auto steps = steps_of(assignment.substr(0, equals));
  if (!steps) {
    out.push_back({label, 0, "", fmt::format("{} is no path", shown(assignment.substr(0, equals))),
                   "write one such as organizations.0.peers"});
    return false;
  }
  auto value = value_of(assignment.substr(equals + 1), label, out);
  if (!value) return false;
  const Place place{static_cast<std::uint32_t>(document.origins.size()), 0};
  stamp(*value, place);
  JsonNode root = document.root;
  Walker walker(*steps, place);
  JsonNode* target = walker.walk(root);
  if (target == nullptr) {
    out.push_back(
        {label, 0, walker.path().text(), walker.trouble().problem, walker.trouble().remedy});
    return false;
  }
  *target = std::move(*value);
  document.root = std::move(root);
  document.origins.push_back(label);
  return true;
}

}  // namespace hearsay::scenario
