// scenarios/schema.json says what the reader does.
#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "sim/scenario/keys.h"
#include "sim/scenario/resolve.h"
#include "sim/scenario/units.h"
#include "tests/unit/scenario/support.h"

namespace hearsay::scenario {
namespace {

using Json = nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

const Json& schema_text() {
  static const Json schema = Json::parse(scenario_schema());
  return schema;
}

const valijson::Schema& schema() {
  static const auto* const parsed = [] {
    auto* made = new valijson::Schema;
    valijson::SchemaParser parser;
    const Adapter adapter(schema_text());
    parser.populateSchema(adapter, *made);
    return made;
  }();
  return *parsed;
}

// The first thing that the schema has against a text, or empty.
std::string objection(std::string_view text) {
  const Json json = Json::parse(text, nullptr, true, true);
  valijson::Validator validator;
  valijson::ValidationResults results;
  const Adapter adapter(json);
  if (validator.validate(schema(), adapter, &results)) return "";
  valijson::ValidationResults::Error error;
  std::string all;
  while (results.popError(error)) {
    for (const std::string& step : error.context)
      all += step;
    all += ": " + error.description + "\n";
  }
  return all;
}

// Follows references, and of alternatives takes the one that is an object.
const Json& object_schema(const Json& node) {
  if (node.contains("$ref")) {
    const std::string ref = node["$ref"];
    return object_schema(schema_text().at(Json::json_pointer(ref.substr(1))));
  }
  if (node.contains("anyOf")) {
    for (const Json& choice : node["anyOf"]) {
      const Json& found = object_schema(choice);
      if (found.contains("properties")) return found;
    }
  }
  return node;
}

// The schema of the object at "organizations[].start".
const Json& schema_at(std::string_view where) {
  const Json* node = &schema_text();
  while (!where.empty()) {
    const auto end = std::min(where.find('.'), where.size());
    std::string_view word = where.substr(0, end);
    const bool list = word.ends_with("[]");
    if (list) word.remove_suffix(2);
    node = &object_schema(*node).at("properties").at(std::string(word));
    if (list) node = &node->at("items");
    where.remove_prefix(std::min(end + 1, where.size()));
  }
  return object_schema(*node);
}

TEST(Schema, IsTheShippedFile) {
  EXPECT_TRUE(scenario_schema() == testing::read_file(HS_SOURCE_DIR "/scenarios/schema.json"));
}

TEST(Schema, KnowsTheKeysThatTheReaderKnowsAndNoOthers) {
  for (const ObjectKeys& object : words::kObjects) {
    std::set<std::string> mine(object.keys.begin(), object.keys.end()), theirs;
    const Json& node = schema_at(object.where);
    for (const auto& [key, value] : node.at("properties").items())
      theirs.insert(key);
    EXPECT_EQ(mine, theirs) << "object " << object.where;
    EXPECT_EQ(node.value("additionalProperties", true), false) << object.where;
  }
}

// Every object with properties of the schema, by the path of its keys.
void collect(const Json& node, const std::string& path, std::set<std::string>& out, int depth = 0) {
  if (depth > 8) return;
  const Json& object = object_schema(node);
  if (object.contains("items")) return collect(object["items"], path + "[]", out, depth + 1);
  if (!object.contains("properties")) return;
  out.insert(path);
  for (const auto& [key, value] : object["properties"].items()) {
    if (path.ends_with("peers") || key == "select" || key == "except") continue;
    collect(value, path.empty() ? key : path + "." + key, out, depth + 1);
  }
}

TEST(Schema, HasNoObjectThatTheReaderDoesNotKnow) {
  std::set<std::string> theirs, mine;
  collect(schema_text(), "", theirs);
  for (const ObjectKeys& object : words::kObjects)
    mine.insert(std::string(object.where));
  for (const std::string& path : theirs) {
    const bool selector = object_schema(schema_at(path)).at("properties").contains("select");
    EXPECT_TRUE(selector || mine.contains(path)) << path;
  }
  for (const std::string& path : mine)
    EXPECT_TRUE(theirs.contains(path)) << path;
}

TEST(Schema, DescribesEveryKey) {
  for (const ObjectKeys& object : words::kObjects) {
    for (const auto& [key, value] : schema_at(object.where).at("properties").items()) {
      EXPECT_GT(value.value("description", "").size(), 8u) << object.where << " " << key;
    }
  }
}

TEST(Schema, ListsTheSameWords) {
  const auto same = [](std::string_view where, const char* key, Words mine) {
    const auto theirs =
        schema_at(where).at("properties").at(key).at("enum").get<std::vector<std::string>>();
    EXPECT_TRUE(std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end())) << key;
  };
  same("organizations[]", "leader", words::kLeaderModes);
  same("organizations[]", "deliver_client", words::kDeliverClients);
  same("organizations[]", "membership", words::kMembershipModes);
  same("network", "model", words::kModels);
  same("network.latency", "distribution", words::kDistributions);
  same("blocks[]", "arrivals", words::kArrivals);
  same("faults[]", "kind", words::kFaultKinds);
  same("faults[]", "state", words::kCrashStates);
  same("faults[]", "action", words::kOrdererActions);
  same("faults[]", "status", words::kStatuses);
  same("events[]", "kind", words::kEventKinds);
  same("expect[]", "stat", words::kStats);
  same("expect[]", "invariant", words::kInvariants);
}

TEST(Schema, DefaultsAreThoseOfTheReader) {
  const auto by_default = [](std::string_view where, const char* key) {
    return schema_at(where).at("properties").at(key).at("default");
  };
  const Scenario scenario = testing::load_good(testing::small_with("\"blocks\": [ {} ]"));
  const Json text = Json::parse(to_json(scenario));
  EXPECT_EQ(by_default("", "seed"), text["seed"]);
  EXPECT_EQ(by_default("", "orderers"), text["orderers"]);
  for (const char* key : {"model", "latency", "bandwidth", "zones", "between_zones"}) {
    EXPECT_EQ(by_default("network", key), text["network"][key]) << key;
  }
  for (const char* key : {"from", "start", "interval", "count", "size", "arrivals"}) {
    EXPECT_EQ(by_default("blocks[]", key), text["blocks"][0][key]) << key;
  }
  for (const char* key : {"external_endpoints", "leader", "deliver_client", "membership"}) {
    EXPECT_EQ(by_default("organizations[]", key), text["organizations"][0][key]) << key;
  }
  for (const char* key : {"verify", "validate_block", "commit_block"}) {
    EXPECT_EQ(by_default("cpu", key), text["cpu"][key]) << key;
  }
}

TEST(Schema, ShippedAndResolvedScenariosAreValid) {
  for (const std::string& path : testing::shipped_scenarios()) {
    EXPECT_EQ(objection(testing::read_file(path)), "") << path;
    const auto loaded = load_scenario(path, testing::shipped_options());
    ASSERT_TRUE(loaded.ok()) << path;
    EXPECT_EQ(objection(to_json(loaded.value())), "") << path;
  }
}

TEST(Schema, RefusesWhatIsWrong) {
  EXPECT_EQ(objection(testing::small_with("")), "");
  EXPECT_NE(objection(testing::small_with("\"fautls\": []")), "");
  EXPECT_NE(objection(testing::small_with("\"heal_at\": 20")), "");
  EXPECT_NE(objection(testing::small_with("\"heal_at\": \"20\"")), "");
  EXPECT_NE(objection(testing::small_with("\"network\": { \"bandwidth\": \"1\" }")), "");
  EXPECT_NE(objection("{}"), "");
}

}  // namespace
}  // namespace hearsay::scenario
