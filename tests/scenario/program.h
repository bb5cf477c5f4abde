// Program: the built `hearsay` as a child process, and what it left behind.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace hearsay::testing {

struct Ended {
  int code = -1;    // exit code; minus the signal's number when a signal ended the process
  std::string out;  // standard output
  std::string err;  // standard error
};

struct Surroundings {
  std::string folder = ".";   // working directory
  std::string out_file = {};  // where standard output goes instead of Ended::out
};

class Program {
 public:
  // Starts it.
  explicit Program(const std::vector<std::string>& arguments, const Surroundings& where = {});
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();  // kills it when nobody waited

  // Blocks until `file` exists; false when the program ends without making it.
  bool has_made(const std::string& file);
  void interrupt(int signal = SIGINT) const;
  // Kills the process that the program itself has started; false when there is none.
  bool kill_its_child() const;
  Ended wait();

 private:
  bool ended(int flags);

  pid_t child_ = -1;
  int out_ = -1;  // readable, unless it is a file of the test's
  bool out_is_ours_;
  int err_ = -1;
  int status_ = 0;
};

// Starts the program and waits for its end.
Ended hearsay(const std::vector<std::string>& arguments, const Surroundings& where = {});

using Words = std::vector<std::string>;

// All of them in one list.
Words joined(Words first, const Words& second);

// The path of a shipped scenario: shipped("wan").
std::string shipped(const std::string& name);

// The names of all shipped scenarios, sorted.
Words shipped_names();

// The summary.json of a run directory.
nlohmann::json summary_of(const std::string& run_directory);

// Runs a scenario into a directory of its own, whatever the verdict, and returns
// the digest; a test failure and "" when there is none.
std::string digest_of(const std::string& scenario, const Words& flags);

Words lines_of(const std::string& text);

}  // namespace hearsay::testing
