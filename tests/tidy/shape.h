// The shape of code: lengths of lines, functions and files, head comments, names of files.
#pragma once

#include "tests/tidy/source.h"

namespace hearsay::tidy {

inline constexpr int kLineColumnsMax = 100;
inline constexpr int kFileLinesMax = 600;
inline constexpr int kFunctionLinesMax = 70;

// Lines of more than kLineColumnsMax characters (UTF-8 characters, not bytes).
Findings check_line_length(const SourceFile& file);

// A file of more than kFileLinesMax lines.
Findings check_file_length(const SourceFile& file);

// Functions of more than kFunctionLinesMax lines, from the first line of the head to the closing
// brace. Matches braces, so it takes a TEST(…) { … } for a function, and a lambda for a part of its
// function.
Findings check_function_length(const SourceFile& file);

// Headers: `#pragma once`, and a comment at the head that says what the file is.
Findings check_header_head(const SourceFile& file);

// File names are snake_case.
Findings check_file_name(const SourceFile& file);

// A function found by matching braces, for check_function_length and its tests.
struct FunctionSpan {
  std::string name;  // the word before the first parenthesis
  int first_line = 1;
  int last_line = 1;
};
std::vector<FunctionSpan> functions_of(std::string_view text);

}  // namespace hearsay::tidy
