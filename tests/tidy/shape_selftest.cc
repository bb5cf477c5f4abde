#include <gtest/gtest.h>

#include "tests/tidy/shape.h"

namespace hearsay::tidy {
namespace {

std::string repeat(const std::string& what, int times) {
  std::string out;
  for (int i = 0; i < times; ++i)
    out += what;
  return out;
}

// "name:first-last" for each function found.
std::vector<std::string> spans(std::string_view text) {
  std::vector<std::string> out;
  for (const FunctionSpan& f : functions_of(text)) {
    out.push_back(f.name + ":" + std::to_string(f.first_line) + "-" + std::to_string(f.last_line));
  }
  return out;
}

using Spans = std::vector<std::string>;

TEST(TidyShape, LongLinesAreFoundByCharactersNotBytes) {
  EXPECT_EQ(check_line_length({"a.h", "x\n" + repeat("y", 101) + "\n"}),
            (Findings{{"a.h", 2, "a line of 101 columns; at most 100"}}));
  EXPECT_EQ(check_line_length({"a.h", repeat("y", 100)}), Findings{});
  EXPECT_EQ(check_line_length({"a.h", repeat("\xc3\xa4", 100)}), Findings{});
}

TEST(TidyShape, LongFilesAreFound) {
  EXPECT_EQ(check_file_length({"a.h", repeat("x\n", 600)}), Findings{});
  EXPECT_EQ(check_file_length({"a.h", repeat("x\n", 601)}).size(), 1U);
}

TEST(TidyShape, FunctionsOfSeventyLinesAreFineAndLongerOnesFound) {
  const std::string before = "namespace a {\n";
  EXPECT_EQ(
      check_function_length({"a.cc", before + "void f() {\n" + repeat("g();\n", 68) + "}\n}"}),
      Findings{});
  const Findings found =
      check_function_length({"a.cc", before + "void f() {\n" + repeat("g();\n", 69) + "}\n}"});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].line, 2);
  EXPECT_TRUE(found[0].message.starts_with("f has 71 lines; at most 70"));
}

TEST(TidyShape, FindsFreeFunctionsAndMethods) {
  EXPECT_EQ(spans("int f(int a,\n      int b) {\n  return a;\n}\n"), (Spans{"f:1-4"}));
  EXPECT_EQ(spans("class A {\n public:\n  int f() const {\n    return 1;\n  }\n};\n"),
            (Spans{"f:3-5"}));
  EXPECT_EQ(spans("auto f() -> std::map<int, int> {\n}\n"), (Spans{"f:1-2"}));
  EXPECT_EQ(spans("template <class T>\nvoid f(T t) {\n}\n"), (Spans{"f:1-3"}));
  EXPECT_EQ(spans("struct A* f() {\n}\n"), (Spans{"f:1-2"}));
}

TEST(TidyShape, FindsConstructorsBehindBracedInitializers) {
  EXPECT_EQ(spans("A::A(int x) : a_{x}, b_(x) {\n  f();\n}\nvoid g() {\n}\n"),
            (Spans{"A:1-3", "g:4-5"}));
  EXPECT_EQ(spans("A::A() : a_{1} {\n}\n"), (Spans{"A:1-2"}));
}

TEST(TidyShape, TakesTypesTablesAndInitializersForNone) {
  EXPECT_EQ(spans("enum class E : int {\n kA,\n kB };\n"), Spans{});
  EXPECT_EQ(spans("constexpr int kTable[] = {\n 1,\n 2 };\nint x{3};\n"), Spans{});
  EXPECT_EQ(spans("struct A : B<int> {\n  int x{1};\n  int y = f(2);\n};\n"), Spans{});
  EXPECT_EQ(spans("extern \"C\" {\nvoid f();\n}\n"), Spans{});
}

TEST(TidyShape, SeesOperatorsAndDefaultArguments) {
  EXPECT_EQ(spans("bool operator==(A a, A b) {\n}\n").size(), 1U);
  EXPECT_EQ(spans("A& operator=(const A& a) {\n}\n").size(), 1U);
  EXPECT_EQ(spans("void f(int a = 3) {\n}\n"), (Spans{"f:1-2"}));
}

TEST(TidyShape, BracesInStringsCommentsAndDirectivesDoNotCount) {
  EXPECT_EQ(spans("void f() {\n  g(\"{\", '{');  // {\n}\n#define A {\nvoid h() {\n}\n"),
            (Spans{"f:1-3", "h:5-6"}));
}

TEST(TidyShape, TestsAreFunctionsWithTheirCasesName) {
  EXPECT_EQ(spans("TEST(Suite, Case) {\n}\n"), (Spans{"TEST Suite.Case:1-2"}));
}

TEST(TidyShape, HeadersNeedPragmaOnceAndAComment) {
  const std::string comment = "// What this file is for.\n";
  EXPECT_EQ(check_header_head({"a.h", comment + "#pragma once\nint x;\n"}), Findings{});
  EXPECT_EQ(check_header_head({"a.h", "#pragma once\n" + comment + "int x;\n"}), Findings{});
  EXPECT_EQ(check_header_head({"a.h", comment + "int x;\n"}).size(), 1U);
  EXPECT_EQ(check_header_head({"a.h", "#pragma once\nint x;\n"}).size(), 1U);
  EXPECT_EQ(check_header_head({"a.h", "int x;\n#pragma once\n" + comment}).size(), 2U);
  EXPECT_EQ(check_header_head({"a.cc", "int x;\n"}), Findings{});
}

TEST(TidyShape, FileNamesAreSnakeCase) {
  EXPECT_EQ(check_file_name({"core/base/dense_set.h", ""}), Findings{});
  EXPECT_EQ(check_file_name({"core/base/DenseSet.h", ""}).size(), 1U);
  EXPECT_EQ(check_file_name({"core/base/dense-set.h", ""}).size(), 1U);
}

}  // namespace
}  // namespace hearsay::tidy
