// Trial: does something that may abort the process, in a process of its own first.
//
// SimGrid reports much of what is wrong with a platform file by exceptions, and the rest by
// aborting (xbt_die, xbt_assert) or exiting (its scanner). Here a forked child tries; what it
// printed as its last complaint becomes an error text.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace hearsay::sim {

// What an attempt is doing, said before it does it.
using SayStep = std::function<void(const std::string& step)>;
// Returns nothing when all is well, else what is wrong.
using Attempt = std::function<std::optional<std::string>(const SayStep& say_step)>;

// Runs `attempt` in a child process and returns what it returns. When the child ends otherwise,
// returns what it complained of last on its standard error or, if it said nothing, during which
// step it crashed. The child's standard output goes nowhere.
std::optional<std::string> try_in_child(const Attempt& attempt);

}  // namespace hearsay::sim
