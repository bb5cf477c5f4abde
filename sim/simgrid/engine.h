// The one SimGrid engine of the process, kept quiet and harmless.
//
// Only sim/simgrid includes this: it pulls in SimGrid. Creating the engine would take over SIGINT
// and SIGSEGV and log to stderr; here the signal handlers stay as they were and only critical
// messages are printed.
#pragma once

#include <memory>

#include <simgrid/s4u/Engine.hpp>

namespace hearsay::sim {

// REQUIRES: no engine exists. SimGrid allows one per process at a time.
std::unique_ptr<simgrid::s4u::Engine> make_engine(bool quiet);

inline bool engine_exists() { return simgrid::s4u::Engine::has_instance(); }

}  // namespace hearsay::sim
