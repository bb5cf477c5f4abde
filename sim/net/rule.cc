#include "sim/net/rule.h"

#include <algorithm>

namespace hearsay::sim {

void RuleGuard::release() {
  if (RuleSet* rules = std::exchange(rules_, nullptr)) rules->remove(id_);
}

RuleGuard RuleSet::install(std::unique_ptr<Rule> rule) {
  const std::uint64_t id = next_id_++;
  rules_.push_back({id, std::move(rule)});
  changed_();
  return RuleGuard(this, id);
}

Verdict RuleSet::judge(const FrameInfo& frame, Time now) const {
  for (const Entry& entry : rules_) {
    const Verdict verdict = entry.rule->on_frame(frame, now);
    if (verdict.action != Verdict::Action::kPass) return verdict;
  }
  return Verdict::pass();
}

void RuleSet::remove(std::uint64_t id) {
  const auto end = std::remove_if(rules_.begin(), rules_.end(),
                                  [id](const Entry& entry) { return entry.id == id; });
  rules_.erase(end, rules_.end());
  changed_();
}

}  // namespace hearsay::sim
