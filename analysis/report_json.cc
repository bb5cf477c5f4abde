// summary.json.

#include <cmath>

#include <nlohmann/json.hpp>

#include "analysis/report.h"

namespace hearsay::analysis {
namespace {

using Json = nlohmann::ordered_json;

// JSON knows neither infinity nor "not a number".
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json value_of(const Metric& metric) {
  if (const auto* real = std::get_if<double>(&metric.value)) return number(*real);
  if (const auto* count = std::get_if<std::uint64_t>(&metric.value)) return *count;
  if (const auto* spread = std::get_if<Spread>(&metric.value)) {
    Json out = Json::object();
    for (const auto& [name, value] : spread->stats)
      out[std::string(name)] = number(value);
    return out;
  }
  Json out = Json::array();
  for (const CurvePoint& point : std::get<Curve>(metric.value).points()) {
    out.push_back(Json::array({to_seconds(point.time), point.fraction()}));
  }
  return out;
}

Json metrics_of(const Metrics& metrics) {
  Json out = Json::object();
  for (const char* room : {"membership", "blocks", "leaders", "state_transfer", "messages"}) {
    out[room] = Json::object();
  }
  for (const Metric& metric : metrics.all()) {
    Json* place = &out;
    for (const std::string& segment : metric.path)
      place = &(*place)[segment];
    *place = value_of(metric);
  }
  return out;
}

Json promise_of(const Promise& promise) {
  Json out = Json::object();
  if (!promise.invariant.empty()) {
    out["invariant"] = promise.invariant;
    return out;
  }
  out["metric"] = promise.metric;
  out["stat"] = promise.stat;
  if (promise.min) out["min"] = *promise.min;
  if (promise.max) out["max"] = *promise.max;
  if (promise.equals) out["equals"] = *promise.equals;
  return out;
}

}  // namespace

std::string report_json(const RunReport& report) {
  Json out;
  out["hearsay"] = report.manifest.hearsay;
  out["scenario"] = report.manifest.scenario;
  out["seed"] = report.manifest.seed;
  out["digest"] = report.manifest.digest;
  out["verdict"] = std::string(verdict(report));
  if (!report.incomplete.empty()) out["incomplete"] = report.incomplete;
  out["virtual_s"] = to_seconds(report.run.end());
  out["wall_s"] = number(report.manifest.wall_s);
  out["events"] = report.run.events();
  out["deliveries"] = report.run.traffic().sum().received;
  out["peak_rss_bytes"] = report.manifest.peak_rss_bytes;
  Json more = Json::object();
  for (const auto& [name, value] : report.manifest.more)
    more[name] = value;
  out["manifest"] = std::move(more);
  out["expectations"] = Json::array();
  for (const PromiseResult& result : report.results) {
    out["expectations"].push_back({{"expect", promise_of(result.promise)},
                                   {"pass", result.pass},
                                   {"value", number(result.value)},
                                   {"evidence", result.evidence}});
  }
  out["metrics"] = metrics_of(report.run.metrics());
  // Names come from scenarios, which are UTF-8; in a foreign trace they may be anything.
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace hearsay::analysis
