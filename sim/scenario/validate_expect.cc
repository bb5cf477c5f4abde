// Promises.
#include <algorithm>

#include <fmt/format.h>

#include "sim/scenario/validator.h"

namespace hearsay::scenario {
namespace {

bool metric_syntax(std::string_view name) {
  const auto word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  return name.size() <= 300 && name.find('.') != std::string_view::npos && name.front() != '.' &&
         name.back() != '.' && name.find("..") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(), word);
}

std::vector<std::string_view> segments(std::string_view name) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto dot = name.find('.');
    parts.push_back(name.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    name.remove_prefix(dot + 1);
  }
}

// A metric's name with what the user wrote in place of any channel and any organisation.
struct Fitted {
  std::string name;
  std::string_view channel, org;  // empty: the name has none
};

Fitted fitted(const KnownMetric& metric, std::string_view name) {
  const auto theirs = segments(metric.name), mine = segments(name);
  Fitted out;
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    const bool channel = theirs[i] == kAnyChannel, org = theirs[i] == kAnyOrganization;
    const std::string_view word = (channel || org) && i < mine.size() ? mine[i] : theirs[i];
    if (channel) out.channel = word;
    if (org) out.org = word;
    if (i > 0) out.name += '.';
    out.name += word;
  }
  return out;
}

}  // namespace

void Validator::check_expectations() {
  for (std::size_t i = 0; i < scenario_.expect.size(); ++i) {
    const JsonPath path = root_ / "expect" / i;
    if (!clean(path)) continue;
    const bool metric = given(path / "metric"), invariant = given(path / "invariant");
    if (metric && invariant) {
      book_.add(path, "promises both a metric and an invariant", "write them as two promises");
    } else if (metric) {
      check_metric(path, scenario_.expect[i]);
    } else if (!invariant) {
      book_.add(path, "promises nothing",
                "write \"metric\" with \"min\", \"max\" or \"equals\", or \"invariant\"");
    } else {
      for (const std::string_view key : {"stat", "min", "max", "equals"}) {
        if (!given(path / key)) continue;
        book_.add(path / key, "an invariant has no bounds: it holds or not", "leave it out");
        break;
      }
    }
  }
}

void Validator::check_metric(const JsonPath& path, const Promise& promise) {
  if (!metric_syntax(promise.metric)) {
    book_.add(path / "metric", fmt::format("{} is no name of a metric", shown(promise.metric)),
              "write words with dots between them, such as \"blocks.t100_s\"");
  } else if (!rules_.metrics.empty()) {
    check_known_metric(path, promise);
  }
  check_bounds(path, promise);
}

void Validator::check_bounds(const JsonPath& path, const Promise& promise) {
  switch (bounds_trouble(promise)) {
    case BoundsTrouble::kNone:
      break;
    case BoundsTrouble::kMissing:
      return book_.add(path, "has no bound", "write \"min\", \"max\" or \"equals\"");
    case BoundsTrouble::kEqualsNotAlone:
      return book_.add(path / "equals", "stands beside \"min\" or \"max\"",
                       "write one or the other");
    case BoundsTrouble::kMinAboveMax:
      return book_.add(path / "max",
                       fmt::format("{} is below \"min\" ({})", *promise.max, *promise.min),
                       fmt::format("write {} or more", *promise.min));
  }
}

void Validator::check_known_metric(const JsonPath& path, const Promise& promise) {
  std::vector<std::string> candidates;
  for (const KnownMetric& metric : rules_.metrics) {
    const Fitted fit = fitted(metric, promise.metric);
    candidates.push_back(fit.name);
    if (fit.name != promise.metric) continue;
    if (!known_members(path / "metric", fit.channel, fit.org)) return;
    const auto& stats = metric.stats;
    // The default may be written out where there is nothing to choose.
    if (stats.empty() && promise.stat != "max") {
      book_.add(path / "stat", fmt::format("{} is one number", shown(promise.metric, 200)),
                "leave it out");
    } else if (!stats.empty() &&
               std::find(stats.begin(), stats.end(), promise.stat) == stats.end()) {
      const std::vector<std::string_view> views(stats.begin(), stats.end());
      book_.add(path / "stat",
                fmt::format("{} has no {}", shown(promise.metric, 200), shown(promise.stat)),
                suggestion("", views, "statistics"));
    }
    return;
  }
  const std::vector<std::string_view> views(candidates.begin(), candidates.end());
  book_.add(path / "metric", fmt::format("there is no metric {}", shown(promise.metric)),
            suggestion(promise.metric, views, "metrics"));
}

// Complains of a metric about a channel or an organisation that is not there, or not in there.
bool Validator::known_members(const JsonPath& path, std::string_view channel,
                              std::string_view org) {
  const Channel* found = channel.empty() ? nullptr : find_channel(channel);
  if (!channel.empty() && found == nullptr) {
    if (!channels_known_) return true;
    book_.add(path, fmt::format("there is no channel {}", shown(channel)),
              suggestion(channel, channel_names(), "channels"));
    return false;
  }
  if (org.empty()) return true;
  const std::vector<std::string_view> orgs = org_names();
  if (orgs_known_ && std::find(orgs.begin(), orgs.end(), org) == orgs.end()) {
    book_.add(path, fmt::format("there is no organisation {}", shown(org)),
              suggestion(org, orgs, "organisations"));
    return false;
  }
  if (found == nullptr || !clean(root_ / "channels")) return true;
  const std::vector<std::string>& in = *found->organizations;
  if (std::find(in.begin(), in.end(), org) != in.end()) return true;
  const std::vector<std::string_view> members(in.begin(), in.end());
  book_.add(path, fmt::format("organisation {} is not in channel {}", shown(org), shown(channel)),
            suggestion("", members, "members"));
  return false;
}

}  // namespace hearsay::scenario
