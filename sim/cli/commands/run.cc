// hearsay run SCENARIO

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "analysis/observer.h"
#include "analysis/report.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/load.h"
#include "sim/cli/memory.h"
#include "sim/cli/progress_line.h"
#include "sim/cli/second_run.h"
#include "sim/cli/usage.h"
#include "sim/cli/version.h"
#include "sim/run/metrics_files.h"
#include "sim/run/output_file.h"
#include "sim/run/run_directory.h"
#include "sim/run/runner.h"
#include "sim/run/trace_file.h"
#include "sim/scenario/resolve.h"

namespace hearsay::sim {

namespace {

volatile std::sig_atomic_t g_stop = 0;

void on_stop(int) { g_stop = 1; }

// The first signal ends the run in good order, a second one ends the process. Under nohup a hangup
// stays ignored.
void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = on_stop;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    sigaction(signal, nullptr, &before);
    const bool wanted = signal != SIGHUP || before.sa_handler != SIG_IGN;
    if (wanted) sigaction(signal, &action, nullptr);
  }
}

struct RunFlags {
  std::string scenario;
  Changes changes;
  std::string out;
  std::string trace = "blocks";
  std::string wire = "shared";
  std::string clock = "simgrid";
  std::string format = "text";
  std::string junit;
  bool quiet = false;
  bool twice = false;
};

WireMode wire_of(const RunFlags& flags) {
  return flags.wire == "bytes" ? WireMode::kBytes : WireMode::kShared;
}

// One run from the loaded scenario to its report. The parts are kept together because each needs
// the ones before it.
class RunCommand {
 public:
  RunCommand(const RunFlags& flags, scenario::Scenario plan)
      : flags_(flags),
        plan_(std::move(plan)),
        out_(flags.out.empty() ? fmt::format("runs/{}-{}", plan_.name, plan_.seed) : flags.out) {}

  int execute();

 private:
  RunOptions options();
  std::string junit_clash() const;
  std::string junit_trouble() const;
  bool prepare();
  void run();
  void write_files();
  int conclude();
  std::string compare_with_second();
  void write_junit(const analysis::RunReport& report);
  analysis::Manifest manifest() const;
  int fail(int code, const std::string& why);

  const RunFlags& flags_;
  const scenario::Scenario plan_;
  const std::string out_;
  ProgressLine progress_;
  SecondRun second_;
  std::unique_ptr<Runner> runner_;
  std::unique_ptr<analysis::RunObserver> observer_;
  std::optional<RunDirectory> directory_;
  OutputFile junit_;
  std::optional<MetricSeries> series_;
  std::unique_ptr<TraceFileSink> trace_;
  RunEnd end_;
  double wall_s_ = 0;
  int exit_code_ = kPassed;
};

int RunCommand::fail(int code, const std::string& why) {
  fmt::print(stderr, "hearsay: {}\n", why);
  exit_code_ = code;
  return code;
}

RunOptions RunCommand::options() {
  RunOptions options;
  options.wire = wire_of(flags_);
  options.clock = flags_.clock == "plain" ? ClockKind::kPlain : ClockKind::kSimGrid;
  options.stop = &g_stop;
  return options;
}

// What of this run the JUnit file would replace, or nothing.
std::string RunCommand::junit_clash() const {
  namespace fs = std::filesystem;
  if (flags_.junit.empty()) return "";
  const auto is_junit = [this](const fs::path& other) {
    std::error_code error;
    if (fs::exists(other, error) && !fs::is_regular_file(other, error)) return false;
    if (fs::equivalent(flags_.junit, other, error)) return true;
    const fs::path mine = fs::weakly_canonical(fs::absolute(flags_.junit, error), error);
    return !mine.empty() && mine == fs::weakly_canonical(fs::absolute(other, error), error);
  };
  const auto clash = [this](const std::string& what) {
    return fmt::format("--junit {} would replace {}; choose another file", flags_.junit, what);
  };
  if (is_junit(flags_.scenario)) return clash("the scenario");
  std::vector<std::string_view> names = run_directory_files();
  names.push_back(RunDirectory::kMarker);
  for (const std::string_view name : names) {
    if (is_junit(fs::path(out_) / name)) return clash("the run directory's " + std::string(name));
  }
  return "";
}

// Why the JUnit file cannot be written, or nothing: asked before an old run directory is emptied.
std::string RunCommand::junit_trouble() const {
  if (flags_.junit.empty()) return "";
  const bool there = access(flags_.junit.c_str(), F_OK) == 0;
  const int fd = open(flags_.junit.c_str(), O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0666);
  if (fd < 0) {
    // A pipe that nobody reads yet is no trouble, nor is a place in the directory that comes.
    const bool comes = errno == ENOENT && access(out_.c_str(), F_OK) != 0;
    if (errno == ENXIO || comes) return "";
    return fmt::format("cannot write {}: {}", flags_.junit, std::strerror(errno));
  }
  close(fd);
  if (!there) unlink(flags_.junit.c_str());
  return "";
}

// Everything that can refuse the run, before anything is written.
bool RunCommand::prepare() {
  if (const std::string no = junit_clash(); !no.empty()) return fail(kBadInput, no), false;
  // The second run of --twice is a process of its own, made before SimGrid starts here: a process
  // can hold one SimGrid engine only.
  if (flags_.twice) second_.start(plan_, options());
  RunOptions with_progress = options();
  if (!flags_.quiet && progress_.wanted()) {
    with_progress.progress = [this](const Progress& p) { progress_.show(p); };
  }
  auto made = Runner::make(plan_, std::move(with_progress));
  if (!made.ok()) {
    // Without a platform file of the user's, there is nothing that could be the user's mistake.
    if (plan_.network.platform.empty()) return fail(kEnvironment, made.error()), false;
    complain_of_platform(flags_.scenario, made.error());
    exit_code_ = kBadInput;
    return false;
  }
  runner_ = std::move(made).value();
  if (const std::string no = junit_trouble(); !no.empty()) return fail(kEnvironment, no), false;
  // Until here nothing is written, and a signal may simply end the process.
  stop_on_signals();

  auto directory = RunDirectory::create(out_);
  if (!directory.ok()) {
    const bool ours = directory.error().blame == OutputTrouble::Blame::kInput;
    return fail(ours ? kBadInput : kEnvironment, directory.error().reason), false;
  }
  directory_.emplace(std::move(directory).value());
  directory_->write("scenario.json", to_json(plan_));
  if (!flags_.junit.empty()) {
    junit_ = OutputFile::open(flags_.junit);
    if (!junit_.ok()) {
      directory_->mark_incomplete("nothing was run: " + junit_.trouble());
      static_cast<void>(directory_->finish());
      return fail(kEnvironment, junit_.trouble()), false;
    }
  }

  series_.emplace(runner_->cluster().directory());
  runner_->look_every(MetricSeries::interval(plan_.duration),
                      [this](Time at) { series_->sample(at, runner_->metrics()); });
  const RunFacts facts = runner_->facts();
  observer_ = std::make_unique<analysis::RunObserver>(facts);
  runner_->add_sink(*observer_);
  const TraceLevel level = *parse_trace_level(flags_.trace);
  if (level != TraceLevel::kNone) {
    trace_ = std::make_unique<TraceFileSink>(directory_->open("trace.jsonl.zst"), facts, level);
    runner_->add_sink(*trace_);
  }
  return true;
}

void RunCommand::run() {
  const auto begin = std::chrono::steady_clock::now();
  end_ = runner_->run();
  wall_s_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  progress_.clear();
  std::vector<std::string> checked;
  for (const Violation& violation : runner_->inspect(checked)) {
    observer_->report_violation(violation.invariant, violation.evidence);
  }
  for (const std::string& invariant : checked)
    observer_->note_checked(invariant);
  observer_->finish(end_.end);
}

analysis::Manifest RunCommand::manifest() const {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  return {.hearsay = version(),
          .scenario = plan_.name,
          .seed = plan_.seed,
          .digest = end_.digest_hex,
          .wall_s = wall_s_,
          .peak_rss_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024,
          .more = {{"wire", flags_.wire}, {"clock", flags_.clock}}};
}

void RunCommand::write_files() {
  if (trace_) trace_->finish();
  const auto csv = [this](const char* name, auto report) {
    directory_->write(name, [&](const RunDirectory::Pieces& piece) { report(*observer_, piece); });
  };
  csv("convergence.csv", analysis::report_convergence_csv);
  csv("blocks.csv", analysis::report_blocks_csv);
  csv("messages.csv", analysis::report_messages_csv);
  directory_->write("metrics.prom", [&](const RunDirectory::Pieces& piece) {
    write_metrics_text(runner_->metrics(), runner_->cluster().directory(), PeerLabel::kShown,
                       piece);
  });
  directory_->write("metrics.csv",
                    [&](const RunDirectory::Pieces& piece) { series_->write_csv(piece); });
}

int RunCommand::conclude() {
  const std::string cut_short =
      end_.interrupted ? fmt::format("interrupted at {:.3f} s of {:.3f} s of virtual time",
                                     to_seconds(end_.end), to_seconds(plan_.duration))
                       : "";
  analysis::RunReport report{.manifest = manifest(),
                             .run = *observer_,
                             .results = analysis::evaluate(plan_.expect, *observer_),
                             .incomplete = cut_short};
  const std::string json = analysis::report_json(report);
  directory_->write("summary.json", json);
  if (!cut_short.empty()) directory_->mark_incomplete(cut_short);
  const auto finished = directory_->finish();

  const bool terminal = isatty(STDOUT_FILENO) != 0;
  if (flags_.format == "json") {
    fmt::print("{}", json);
  } else if (!flags_.quiet) {
    fmt::print("{}", analysis::report_text(report, {.colour = terminal}));
    fmt::print("run directory: {}\n", directory_->path());
  }
  std::fflush(stdout);
  exit_code_ = analysis::verdict(report) == "fail" ? kFailed : kPassed;
  if (!finished.ok()) {
    fail(kEnvironment, report.error = finished.error().reason);
  } else if (end_.interrupted) {
    fail(kInterrupted, cut_short);
  } else if (flags_.twice) {
    report.error = compare_with_second();
  }
  // Last, for it says what went wrong until here.
  write_junit(report);
  return exit_code_;
}

// What is wrong with the second run of --twice, also said; nothing when its digest is the same.
std::string RunCommand::compare_with_second() {
  std::string trouble;
  const auto second = second_.digest(g_stop);
  if (!second.ok()) {
    trouble = second.error();
    fail(g_stop != 0 ? kInterrupted : kEnvironment, trouble);
  } else if (second.value() != end_.digest_hex) {
    trouble = fmt::format("two runs, two digests: {} and {}", end_.digest_hex, second.value());
    fail(kNondeterminism, trouble);
  } else if (!flags_.quiet) {
    fmt::print(stderr, "the second run has the same digest\n");
  }
  return trouble;
}

void RunCommand::write_junit(const analysis::RunReport& report) {
  if (flags_.junit.empty()) return;
  junit_.write(analysis::report_junit(report));
  if (!junit_.close()) fail(kEnvironment, junit_.trouble());
}

int RunCommand::execute() {
  try {
    if (!prepare()) return exit_code_;
    run();
    write_files();
    return conclude();
  } catch (const std::bad_alloc&) {
    runner_.reset();  // there is memory again
    analysis::RunObserver nothing(RunFacts{});
    nothing.finish(0);
    write_junit({.manifest = manifest(),
                 .run = nothing,
                 .results = {},
                 .incomplete = "",
                 .error = "out of memory"});
    throw;
  }
}

int run(const RunFlags& flags) {
  Changes changes = flags.changes;
  changes.quiet = flags.quiet;
  auto plan = load_or_complain(flags.scenario, changes);
  if (!plan) return kBadInput;
  const int runs = flags.twice ? 2 : 1;
  const MemoryNeed need = memory_need(*plan, wire_of(flags));
  if (!memory_suffices(flags.scenario, need, runs, flags.quiet)) return kEnvironment;
  try {
    return RunCommand(flags, std::move(*plan)).execute();
  } catch (const std::bad_alloc&) {
    say_out_of_memory(flags.scenario, need, runs);
    return kEnvironment;
  }
}

}  // namespace

Command add_run_command(CLI::App& app) {
  auto flags = std::make_shared<RunFlags>();
  app.add_option("scenario", flags->scenario, "The scenario file")->required();
  app.add_option("--seed", flags->changes.seed, "Seed instead of the scenario's")
      ->check(whole_number());
  app.add_option("--set", flags->changes.sets,
                 "Change the scenario: path=value, as in organizations.0.peers=100 (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--out", flags->out, "Run directory (default: runs/<scenario>-<seed>)")
      ->check(not_empty());
  app.add_option("--trace", flags->trace, "What trace.jsonl.zst holds")
      ->check(one_of({"none", "blocks", "protocol", "messages"}))
      ->capture_default_str();
  app.add_option("--wire", flags->wire,
                 "Hand messages over as objects, or encode and decode each one")
      ->check(one_of({"shared", "bytes"}))
      ->capture_default_str();
  app.add_option("--clock", flags->clock, "Who drives virtual time")
      ->check(one_of({"simgrid", "plain"}))
      ->capture_default_str();
  app.add_option("--format", flags->format, "What goes to stdout")
      ->check(one_of({"text", "json"}))
      ->capture_default_str();
  app.add_option("--junit", flags->junit, "Write the promises as JUnit XML to this file")
      ->check(not_empty());
  app.add_flag("--quiet", flags->quiet, "No progress, no report; the exit code tells");
  app.add_flag("--twice", flags->twice, "Run a second time and demand the same digest");
  return [flags] { return run(*flags); };
}

}  // namespace hearsay::sim
