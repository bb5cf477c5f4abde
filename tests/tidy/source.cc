#include "tests/tidy/source.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace hearsay::tidy {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Walks over C++ text once and blanks what is not code.
class Blanker {
 public:
  Blanker(std::string_view text, bool literals) : text_(text), out_(text), literals_(literals) {}

  std::string run() {
    while (at_ < text_.size())
      step();
    return std::move(out_);
  }

 private:
  void step() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("//")) {
      blank_until(line_end(), true);
    } else if (rest.starts_with("/*")) {
      const std::size_t end = text_.find("*/", at_ + 2);
      blank_until(end == std::string_view::npos ? text_.size() : end + 2, true);
    } else if (rest.starts_with("R\"") && (at_ == 0 || !is_word(text_[at_ - 1]))) {
      raw_string();
    } else if (rest[0] == '"' || (rest[0] == '\'' && !is_digit_separator())) {
      literal(rest[0]);
    } else {
      ++at_;
    }
  }

  // A line comment may be continued by a backslash.
  std::size_t line_end() const {
    std::size_t end = at_;
    do {
      end = std::min(text_.find('\n', end + 1), text_.size());
    } while (end < text_.size() && text_[end - 1] == '\\');
    return end;
  }

  bool is_digit_separator() const {
    return at_ > 0 && at_ + 1 < text_.size() && is_word(text_[at_ - 1]) && is_word(text_[at_ + 1]);
  }

  void raw_string() {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string_view::npos) {
      at_ += 2;
      return;
    }
    const std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    const std::size_t end = std::min(text_.find(close, open), text_.size());
    at_ += 2;
    blank_until(end, literals_);
    at_ = std::min(end + close.size(), text_.size());
  }

  void literal(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    ++at_;
    blank_until(std::min(end, text_.size()), literals_);
    at_ = std::min(at_ + 1, text_.size());
  }

  void blank_until(std::size_t end, bool blank) {
    for (; at_ < end; ++at_) {
      if (blank && text_[at_] != '\n') out_[at_] = ' ';
    }
  }

  std::string_view text_;
  std::string out_;
  bool literals_;
  std::size_t at_ = 0;
};

bool is_skipped_folder(std::string_view name) {
  return name == ".git" || name == "build" || name == "runs" || name == ".cache" ||
         name == ".idea" || name == ".vscode" || name.starts_with("cmake-build-");
}

}  // namespace

std::string to_string(const Findings& findings) {
  std::string out;
  for (const Finding& f : findings) {
    out += f.path + ":" + std::to_string(f.line) + ": " + f.message + "\n";
  }
  return out;
}

std::string without_comments(std::string_view text, bool literals) {
  return Blanker(text, literals).run();
}

std::string without_directives(std::string_view code) {
  std::string out(code);
  bool line_start = true;
  bool directive = false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const char c = out[i];
    if (c == '\n') {
      directive = directive && i > 0 && code[i - 1] == '\\';
      line_start = true;
      continue;
    }
    if (line_start && c == '#') directive = true;
    if (std::isspace(static_cast<unsigned char>(c)) == 0) line_start = false;
    if (directive) out[i] = ' ';
  }
  return out;
}

std::vector<Token> tokens_of(std::string_view code) {
  std::vector<Token> out;
  int line = 1;
  for (std::size_t i = 0; i < code.size();) {
    const char c = code[i];
    if (c == '\n') ++line;
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++i;
      continue;
    }
    std::size_t size = 1;
    if (is_word(c)) {
      while (i + size < code.size() && is_word(code[i + size]))
        ++size;
    } else if (code.substr(i).starts_with("::") || code.substr(i).starts_with("->")) {
      size = 2;
    }
    out.push_back({code.substr(i, size), line});
    i += size;
  }
  return out;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string room_of(std::string_view path) {
  const std::size_t first = path.find('/');
  if (first == std::string_view::npos) return "";
  const std::string_view top = path.substr(0, first);
  if (top != "core" && top != "sim") return std::string(top);
  const std::size_t second = path.find('/', first + 1);
  return std::string(second == std::string_view::npos ? top : path.substr(0, second));
}

bool is_header(std::string_view path) { return path.ends_with(".h"); }

bool is_source(std::string_view path) { return is_header(path) || path.ends_with(".cc"); }

bool under(std::string_view path, std::string_view prefix) {
  if (prefix.ends_with('*')) return path.starts_with(prefix.substr(0, prefix.size() - 1));
  return path == prefix || (path.starts_with(prefix) && path[prefix.size()] == '/');
}

std::vector<SourceFile> read_tree(const std::string& root) {
  namespace fs = std::filesystem;
  std::vector<SourceFile> files;
  auto it = fs::recursive_directory_iterator(root);
  for (; it != fs::recursive_directory_iterator(); ++it) {
    const fs::directory_entry& entry = *it;
    if (entry.is_symlink()) continue;
    if (entry.is_directory() && is_skipped_folder(entry.path().filename().string())) {
      it.disable_recursion_pending();
    }
    // In a second worktree .git is a file, which names the first one's place.
    if (!entry.is_regular_file() || entry.path().filename() == ".git") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    SourceFile file = {fs::relative(entry.path(), root).generic_string(), std::move(text).str()};
    if (file.text.find('\0') != std::string::npos) file.text.clear();
    files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

std::vector<SourceFile> sources_of(const std::vector<SourceFile>& files) {
  std::vector<SourceFile> out;
  for (const SourceFile& file : files) {
    if (is_source(file.path)) out.push_back(file);
  }
  return out;
}

}  // namespace hearsay::tidy
