#include "sim/scenario/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearsay::scenario {
namespace {

using ::testing::HasSubstr;
using Kind = JsonNode::Kind;

JsonDocument good(std::string_view text) {
  Complaints complaints;
  auto document = parse_json(text, "f.json", complaints);
  for (const Complaint& complaint : complaints)
    ADD_FAILURE() << complaint.text();
  EXPECT_TRUE(document.has_value());
  return document ? std::move(*document) : JsonDocument{};
}

// The only complaint about a text that gives no document.
std::string bad(std::string_view text) {
  Complaints complaints;
  const auto document = parse_json(text, "f.json", complaints);
  EXPECT_FALSE(document.has_value());
  EXPECT_EQ(complaints.size(), 1u);
  return complaints.empty() ? "" : complaints[0].text();
}

TEST(Json, EveryNodeKnowsItsLine) {
  const JsonDocument document = good(
      "{\n"
      "  \"a\": 1,\n"
      "  \"b\": [\n"
      "    2\n"
      "    , 3.5e1,\n"
      "    \"x\"\n"
      "  ],\n"
      "  \"c\": {\n"
      "    \"d\": null, \"e\":\n"
      "      true\n"
      "  }\n"
      "}\n");
  const JsonPath root;
  EXPECT_EQ(document.place_of(root).line, 1);
  EXPECT_EQ(document.place_of(root / "a").line, 2);
  EXPECT_EQ(document.place_of(root / "b").line, 3);
  EXPECT_EQ(document.place_of(root / "b" / 0).line, 4);
  EXPECT_EQ(document.place_of(root / "b" / 1).line, 5);
  EXPECT_EQ(document.place_of(root / "b" / 2).line, 6);
  EXPECT_EQ(document.place_of(root / "c" / "d").line, 9);
  EXPECT_EQ(document.place_of(root / "c" / "e").line, 10);
  EXPECT_EQ(document.place_of(root / "c" / "missing" / "deeper").line, 8) << "the nearest ancestor";
}

TEST(Json, NumbersKeepTheirLiterals) {
  const JsonDocument document =
      good("[0, -1, 1.50, 18446744073709551616, 1e2 , 123456789012345678901234567890]");
  const char* literals[] = {
      "0", "-1", "1.50", "18446744073709551616", "1e2", "123456789012345678901234567890"};
  ASSERT_EQ(document.root.items.size(), 6u);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(document.root.items[i].text, literals[i]);
    EXPECT_TRUE(document.root.items[i].is(Kind::kNumber));
  }
  EXPECT_EQ(good("42").root.text, "42") << "a number at the very end";
}

TEST(Json, CommentsAreSkippedAndLinesStayRight) {
  const JsonDocument document = good(
      "// head\n"
      "{ // \"x\": 1\n"
      "  \"a\": 1, // tail\n"
      "  // \"a\": 2,\n"
      "  \"url\": \"http://x\" // not in the text\n"
      "} // end");
  EXPECT_EQ(document.place_of(JsonPath{} / "url").line, 5);
  EXPECT_EQ(document.find(JsonPath{} / "url")->text, "http://x");
}

TEST(Json, DuplicateKeysAreComplaintsAndTheFirstCounts) {
  Complaints complaints;
  const auto document = parse_json(
      "{ \"a\": 1,\n  \"b\": { \"c\": 1,\n \"c\": { \"c\": 3, \"c\": 4, \"d\": [ {\"x\":1,\"x\":2} "
      "] } },\n"
      "  \"a\": [ 2 ],\n  \"z\": 5 }",
      "f.json", complaints);
  ASSERT_TRUE(document.has_value());
  ASSERT_EQ(complaints.size(), 2u);
  EXPECT_EQ(complaints[0].text(),
            "f.json:3: b.c: is given twice; keep one (the first is on line 2)");
  EXPECT_EQ(complaints[1].text(), "f.json:4: a: is given twice; keep one (the first is on line 1)");
  EXPECT_EQ(document->find(JsonPath{} / "a")->text, "1");
  EXPECT_EQ(document->find(JsonPath{} / "b" / "c")->text, "1");
  EXPECT_EQ(document->find(JsonPath{} / "z")->text, "5");
  EXPECT_EQ(document->root.keys.size(), document->root.items.size());
}

TEST(Json, ASyntaxErrorSaysWhereAndWhatWasExpected) {
  EXPECT_EQ(bad("{\n  \"a\": 1,\n}"),
            "f.json:3: column 1: unexpected '}', syntax error while parsing object key; "
            "leave out the comma before '}'");
  EXPECT_EQ(bad("{ \"a\" 1 }"),
            "f.json:1: column 7: unexpected number literal, syntax error while parsing object "
            "separator; ':' was expected");
  EXPECT_THAT(bad("{ \"a\": 1"), HasSubstr("unexpected end of input"));
  EXPECT_THAT(bad("{ 'a': 1 }"), HasSubstr("f.json:1: column 3: invalid literal"));
  EXPECT_THAT(bad("{ \"a\": \"b\nc\" }"), HasSubstr("f.json:"));
  EXPECT_THAT(bad("{} {}"), HasSubstr("end of input was expected"));
  EXPECT_THAT(bad("{ \"a\": 1e999 }"), HasSubstr("number out of range"));
}

TEST(Json, EmptyAndBinaryInputIsOneComplaint) {
  EXPECT_EQ(bad(""), "f.json:1: is empty; write a JSON object { … }");
  EXPECT_EQ(bad(" \n\t "), "f.json:1: is empty; write a JSON object { … }");
  EXPECT_THAT(bad(std::string_view("\0\0\0", 3)), HasSubstr("f.json:1"));
  const std::string text = bad("{ \"a\": \"\xff\xfe\" }");
  EXPECT_THAT(text, HasSubstr("ill-formed UTF-8 byte"));
  EXPECT_EQ(text.find('\xff'), std::string::npos) << "no raw bytes reach the terminal";
}

TEST(Json, NestingIsLimited) {
  std::string bomb(100'000, '[');
  EXPECT_THAT(bad(bomb), HasSubstr("nested more than 64 levels deep"));
  std::string objects;
  for (int i = 0; i < 1000; ++i)
    objects += "{\"a\":";
  EXPECT_THAT(bad(objects), HasSubstr("nested more than 64 levels deep"));
}

TEST(Json, SizeAndNumberOfValuesAreLimited) {
  EXPECT_THAT(bad(std::string(kMaxScenarioBytes + 1, ' ')), HasSubstr("is larger than 16 MiB"));
  std::string many = "[0";
  for (std::size_t i = 0; i < kMaxJsonNodes; ++i)
    many += ",0";
  EXPECT_THAT(bad(many + "]"), HasSubstr("more than 1000000 values"));
}

TEST(Json, LargeObjectsFindTheirDuplicatesToo) {
  std::string text = "{";
  for (int i = 0; i < 1000; ++i)
    text += "\"k" + std::to_string(i) + "\": 0,\n";
  text += "\"k7\": 1 }";
  Complaints complaints;
  ASSERT_TRUE(parse_json(text, "f.json", complaints).has_value());
  ASSERT_EQ(complaints.size(), 1u);
  EXPECT_EQ(complaints[0].text(),
            "f.json:1001: k7: is given twice; keep one (the first is on line 8)");
}

TEST(Json, PrintedTextReadsBackTheSame) {
  const JsonDocument first = good(
      R"({ "a": [ 1, "zwei ü \" \\ ", true, null, {}, [] ], "b": { "c": { "d": [ { "e": 1.5 } ] } },
           "long": [ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
                     "cccccccccccccccccccccccccccccccccccccccc" ] })");
  const std::string printed = print_json(first.root);
  EXPECT_EQ(print_json(good(printed).root), printed);
  EXPECT_EQ(print_json_line(good(print_json_line(first.root)).root), print_json_line(first.root));
}

TEST(Json, PathsReadLikeCode) {
  EXPECT_EQ((JsonPath{} / "faults" / 0 / "at").text(), "faults[0].at");
  EXPECT_EQ((JsonPath{} / "config" / "peer.gossip.pullInterval").text(),
            "config.peer.gossip.pullInterval");
  EXPECT_EQ((JsonPath{} / "a\nb").text(), "a?b");
}

}  // namespace
}  // namespace hearsay::scenario
