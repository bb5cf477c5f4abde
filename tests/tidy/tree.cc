#include "tests/tidy/tree.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace hearsay::tidy {
namespace {

bool is_page(std::string_view path) { return path.ends_with(".md"); }

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? "" : path.substr(0, slash));
}

// Whether `text` has `word` and neither neighbour continues it. A path before the word is none of
// it.
bool names(std::string_view text, std::string_view word) {
  auto continues = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  };
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool starts = at == 0 || !continues(text[at - 1]);
    const bool ends = end == text.size() || !continues(text[end]);
    if (starts && ends) return true;
  }
  return false;
}

// `text` without the comments of CMake.
std::string without_hash_comments(std::string_view text) {
  std::string out;
  for (std::string_view line : lines_of(text)) {
    out += std::string(line.substr(0, line.find('#'))) + "\n";
  }
  return out;
}

bool is_named_above(const std::map<std::string, std::string>& cmake_lists, std::string_view path) {
  const std::string file(path.substr(path.rfind('/') + 1));
  const std::string stem = file.substr(0, file.size() - 3);
  std::string folder = folder_of(path);
  while (true) {
    const auto lists = cmake_lists.find(folder);
    if (lists != cmake_lists.end() && (names(lists->second, file) || names(lists->second, stem))) {
      return true;
    }
    if (folder.empty()) return false;
    folder = folder_of(folder);
  }
}

// "../adr/" seen from "docs/how-to" is "docs/adr".
std::string resolve(const std::string& folder, const std::string& target) {
  std::string path = (std::filesystem::path(folder) / target).lexically_normal().generic_string();
  while (path.ends_with('/'))
    path.pop_back();
  return path;
}

// Every file and every folder on the way to one.
std::set<std::string> places_of(const std::vector<SourceFile>& files) {
  std::set<std::string> places = {"."};
  for (const SourceFile& file : files) {
    for (std::string path = file.path; !path.empty(); path = folder_of(path))
      places.insert(path);
  }
  return places;
}

// The pages reachable from README.md. A link to a folder leads to its README.md.
std::set<std::string> reachable(const std::map<std::string, const SourceFile*>& pages) {
  std::set<std::string> seen;
  std::vector<std::string> todo = {"README.md"};
  while (!todo.empty()) {
    std::string path = todo.back();
    todo.pop_back();
    if (!pages.contains(path)) path += "/README.md";
    const auto page = pages.find(path);
    if (page == pages.end() || !seen.insert(path).second) continue;
    for (const Finding& link : links_of(*page->second))
      todo.push_back(link.message);
  }
  return seen;
}

}  // namespace

Findings check_machine_paths(const SourceFile& file) {
  Findings out;
  int number = 0;
  for (std::string_view line : lines_of(file.text)) {
    ++number;
    // Spelled in two halves, so that this file passes its own check.
    for (std::string_view word : {"/wo"
                                  "rk/",
                                  "../sh"
                                  "ared",
                                  "/ho"
                                  "me/",
                                  "/tm"
                                  "p/hs"}) {
      if (line.find(word) == std::string_view::npos) continue;
      out.push_back({file.path, number,
                     "\"" + std::string(word) +
                         "\" is a path of one machine: write paths relative to the root"});
    }
  }
  return out;
}

Findings check_dead_sources(const std::vector<SourceFile>& files) {
  std::map<std::string, std::string> cmake_lists;
  for (const SourceFile& file : files) {
    const bool list = file.path == "CMakeLists.txt" || file.path.ends_with("/CMakeLists.txt");
    if (list || file.path.ends_with(".cmake")) {
      cmake_lists[folder_of(file.path)] += without_hash_comments(file.text);
    }
  }
  Findings out;
  for (const SourceFile& file : files) {
    if (!file.path.ends_with(".cc") || is_named_above(cmake_lists, file.path)) continue;
    out.push_back(
        {file.path, 1,
         "no CMakeLists.txt here or above names it: it is never built; add or remove it"});
  }
  return out;
}

Findings links_of(const SourceFile& file) {
  Findings out;
  int number = 0;
  bool fenced = false;
  for (std::string_view line : lines_of(file.text)) {
    ++number;
    if (line.starts_with("```")) fenced = !fenced;
    if (fenced) continue;
    for (std::size_t at = line.find("]("); at != std::string_view::npos;
         at = line.find("](", at + 1)) {
      const std::size_t end = line.find(')', at);
      if (end == std::string_view::npos) break;
      std::string target(line.substr(at + 2, end - at - 2));
      if (target.find(':') != std::string::npos) continue;  // https:, mailto:
      target = target.substr(0, target.find('#'));
      if (target.empty()) continue;
      out.push_back({file.path, number, resolve(folder_of(file.path), target)});
    }
  }
  return out;
}

Findings check_links(const std::vector<SourceFile>& files) {
  const std::set<std::string> places = places_of(files);
  std::map<std::string, const SourceFile*> pages;
  for (const SourceFile& file : files) {
    if (is_page(file.path)) pages[file.path] = &file;
  }
  Findings out;
  for (const auto& [path, page] : pages) {
    for (const Finding& link : links_of(*page)) {
      if (places.contains(link.message)) continue;
      out.push_back({path, link.line, "links to " + link.message + ", which does not exist"});
    }
  }
  const std::set<std::string> reached = reachable(pages);
  for (const auto& [path, page] : pages) {
    if (!path.starts_with("docs/") || reached.contains(path)) continue;
    out.push_back({path, 1, "no chain of links leads here from README.md; link it from an index"});
  }
  return out;
}

}  // namespace hearsay::tidy
