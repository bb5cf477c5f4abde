// JUnit XML, as CI systems read it.

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "analysis/format.h"
#include "analysis/report.h"
#include "analysis/report_words.h"

namespace hearsay::analysis {
namespace {

// XML 1.0 cannot hold most control characters, not even escaped.
std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t'; }, '?');
  return text;
}

// What was promised and what came, a line each: CI systems show the message cut.
std::string failure_text(const RunReport& report, const PromiseResult& result, std::size_t index) {
  const Promise& promise = result.promise;
  const bool invariant = !promise.invariant.empty();
  std::string text = fmt::format("promise:  {}\n", promise_text(promise));
  text += fmt::format("measured: {}\n",
                      invariant ? plural(static_cast<std::uint64_t>(result.value), "violation")
                                : number_text(result.value));
  if (!result.evidence.empty()) text += fmt::format("evidence: {}\n", result.evidence);
  return text + fmt::format("place:    expect[{}] of scenario {}, seed {}, digest {}\n", index,
                            report.manifest.scenario, report.manifest.seed, report.manifest.digest);
}

void add_case(pugi::xml_node suite, const RunReport& report, std::size_t index) {
  const PromiseResult& result = report.results[index];
  pugi::xml_node item = suite.append_child("testcase");
  item.append_attribute("classname") = printable(report.manifest.scenario).c_str();
  item.append_attribute("name") = printable(promise_text(result.promise)).c_str();
  item.append_attribute("time") = "0";
  const std::string said = printable(result_text(result));
  if (result.pass) {
    item.append_child("system-out").text().set(said.c_str());
  } else if (!is_broken(report, result)) {
    item.append_child("skipped").append_attribute("message") = ("open: " + said).c_str();
  } else {
    pugi::xml_node failure = item.append_child("failure");
    failure.append_attribute("type") = "expectation";
    failure.append_attribute("message") =
        printable(fmt::format("expect[{}]: {}: {}", index, promise_text(result.promise), said))
            .c_str();
    failure.text().set(printable(failure_text(report, result, index)).c_str());
  }
}

void add_run(pugi::xml_node suite, const RunReport& report) {
  pugi::xml_node item = suite.append_child("testcase");
  item.append_attribute("classname") = printable(report.manifest.scenario).c_str();
  item.append_attribute("name") = "run";
  item.append_attribute("time") = fmt::format("{:.3f}", report.manifest.wall_s).c_str();
  const auto error = [&](const char* type, const std::string& message) {
    if (message.empty()) return;
    pugi::xml_node node = item.append_child("error");
    node.append_attribute("type") = type;
    node.append_attribute("message") = printable(message).c_str();
  };
  error("incomplete", report.incomplete);
  error("run", report.error);
}

}  // namespace

std::string report_junit(const RunReport& report) {
  const auto failures = std::count_if(report.results.begin(), report.results.end(),
                                      [&](const PromiseResult& r) { return is_broken(report, r); });
  // Of test cases: the run is one.
  const std::size_t errors = report.incomplete.empty() && report.error.empty() ? 0 : 1;
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  pugi::xml_node suites = document.append_child("testsuites");
  pugi::xml_node suite = suites.append_child("testsuite");
  suite.append_attribute("name") = printable(report.manifest.scenario).c_str();
  suite.append_attribute("tests") = std::to_string(report.results.size() + 1).c_str();
  suite.append_attribute("failures") = std::to_string(failures).c_str();
  suite.append_attribute("errors") = std::to_string(errors).c_str();
  suite.append_attribute("time") = fmt::format("{:.3f}", report.manifest.wall_s).c_str();
  pugi::xml_node properties = suite.append_child("properties");
  const auto property = [&](const char* name, const std::string& value) {
    pugi::xml_node node = properties.append_child("property");
    node.append_attribute("name") = name;
    node.append_attribute("value") = printable(value).c_str();
  };
  property("seed", std::to_string(report.manifest.seed));
  property("digest", report.manifest.digest);
  property("hearsay", report.manifest.hearsay);
  add_run(suite, report);
  for (std::size_t i = 0; i < report.results.size(); ++i)
    add_case(suite, report, i);
  std::ostringstream out;
  document.save(out, "  ");
  return out.str();
}

}  // namespace hearsay::analysis
