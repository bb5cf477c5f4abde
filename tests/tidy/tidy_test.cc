// Applies each tidy check to the whole repository. A failure names file and line, what is wrong and
// what would be right.

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "tests/tidy/bans.h"
#include "tests/tidy/layering.h"
#include "tests/tidy/shape.h"
#include "tests/tidy/source.h"
#include "tests/tidy/tree.h"

namespace hearsay::tidy {
namespace {

const std::vector<SourceFile>& repository() {
  static const std::vector<SourceFile> files = read_tree(HS_SOURCE_DIR);
  return files;
}

void report(const Findings& findings) {
  for (const Finding& f : findings) {
    ADD_FAILURE_AT(f.path.c_str(), f.line) << f.message;
  }
}

template <typename Check>
void for_each_source(Check check) {
  for (const SourceFile& file : sources_of(repository()))
    report(check(file));
}

TEST(Tidy, TheRepositoryIsThere) { EXPECT_GT(sources_of(repository()).size(), 10U); }

TEST(Tidy, IncludesPointDown) { for_each_source(check_layers); }

TEST(Tidy, LibrariesStayInTheirRooms) { for_each_source(check_libraries); }

TEST(Tidy, IncludedHeadersExist) {
  std::set<std::string> paths;
  for (const SourceFile& file : repository())
    paths.insert(file.path);
  for_each_source([&](const SourceFile& file) { return check_includes_exist(file, paths); });
}

TEST(Tidy, NothingBannedIsUsed) { for_each_source(check_bans); }

TEST(Tidy, UnorderedContainersAreNotIterated) {
  std::map<std::string, SourceFile> headers;
  for (const SourceFile& file : repository()) {
    if (is_header(file.path)) headers[file.path] = file;
  }
  for_each_source([&](const SourceFile& file) -> Findings {
    if (file.path.starts_with("tests/")) return {};
    const std::string header = file.path.substr(0, file.path.rfind('.')) + ".h";
    const auto own = headers.find(header);
    const bool has_header = own != headers.end() && header != file.path;
    return check_unordered_iteration(file, has_header ? own->second : SourceFile{});
  });
}

TEST(Tidy, NothingUnfinishedIsLeft) { for_each_source(check_leftovers); }

TEST(Tidy, LinesAreShort) { for_each_source(check_line_length); }

TEST(Tidy, FilesAreShort) { for_each_source(check_file_length); }

TEST(Tidy, FunctionsAreShort) { for_each_source(check_function_length); }

TEST(Tidy, HeadersHaveAHead) { for_each_source(check_header_head); }

TEST(Tidy, FileNamesAreSnakeCase) { for_each_source(check_file_name); }

TEST(Tidy, NoPathOfAMachineIsNamed) {
  for (const SourceFile& file : repository())
    report(check_machine_paths(file));
}

TEST(Tidy, EverySourceIsBuilt) { report(check_dead_sources(repository())); }

TEST(Tidy, EveryPageIsLinkedAndEveryLinkLeadsSomewhere) { report(check_links(repository())); }

}  // namespace
}  // namespace hearsay::tidy
