// Rule: what a fault does to frames.
//
// Rules are asked in the order in which they were installed; the first that does not pass decides.
// While no rule is installed none of this costs anything. Installing gives a guard; destroying the
// guard takes the rule away.
//
// On a stream nothing is silently lost: kDrop stalls it (the bytes are retransmitted later, or the
// stream breaks), kHold stalls it until a rule is taken away, kDelay makes this frame and whatever
// follows it on the stream late. A dial or a ping that is dropped or held is lost.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/time.h"
#include "core/wire/envelope.h"
#include "sim/world/event.h"

namespace hearsay::sim {

enum class FrameKind : std::uint8_t {
  kDial,     // connection establishment, either way
  kPing,     // the unary Ping and its answer
  kControl,  // opening and ending of a stream
  kFrame,    // an envelope
  kOther,    // what a model sends beside the streams (Network::quote)
};

struct FrameInfo {
  HostIndex from;
  HostIndex to;
  FrameKind kind;
  std::uint32_t size = 0;
  const Envelope* envelope = nullptr;  // of a kFrame
};

struct Verdict {
  enum class Action : std::uint8_t { kPass, kDrop, kDelay, kHold };
  Action action = Action::kPass;
  Duration delay = 0;

  static Verdict pass() { return {}; }
  static Verdict drop() { return {Action::kDrop, 0}; }
  static Verdict delayed(Duration d) { return {Action::kDelay, d}; }
  static Verdict hold() { return {Action::kHold, 0}; }
  // The frame travels, if perhaps late.
  bool travels() const { return action == Action::kPass || action == Action::kDelay; }
};

class Rule {
 public:
  virtual ~Rule() = default;
  // May be asked about one frame several times: at each retransmission. Must not touch the network.
  virtual Verdict on_frame(const FrameInfo& frame, Time now) = 0;
};

class RuleSet;

// Owns the installation of one rule. REQUIRES: destroyed before the network.
class [[nodiscard]] RuleGuard {
 public:
  RuleGuard() = default;
  RuleGuard(RuleGuard&& other) noexcept
      : rules_(std::exchange(other.rules_, nullptr)), id_(other.id_) {}
  RuleGuard& operator=(RuleGuard&& other) noexcept {
    std::swap(rules_, other.rules_);
    std::swap(id_, other.id_);
    return *this;
  }
  ~RuleGuard() { release(); }
  // Takes the rule away now; does nothing the second time.
  void release();

 private:
  friend class RuleSet;
  RuleGuard(RuleSet* rules, std::uint64_t id) : rules_(rules), id_(id) {}

  RuleSet* rules_ = nullptr;
  std::uint64_t id_ = 0;
};

class RuleSet {
 public:
  // `changed` is called after each installation and removal.
  explicit RuleSet(std::function<void()> changed) : changed_(std::move(changed)) {}
  RuleSet(const RuleSet&) = delete;
  RuleSet& operator=(const RuleSet&) = delete;

  RuleGuard install(std::unique_ptr<Rule> rule);
  bool empty() const { return rules_.empty(); }
  Verdict judge(const FrameInfo& frame, Time now) const;

 private:
  friend class RuleGuard;
  struct Entry {
    std::uint64_t id;
    std::unique_ptr<Rule> rule;
  };

  void remove(std::uint64_t id);

  std::vector<Entry> rules_;
  std::uint64_t next_id_ = 0;
  std::function<void()> changed_;
};

}  // namespace hearsay::sim
