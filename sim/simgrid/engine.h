// The one SimGrid engine of the process, kept quiet and harmless.
//
// Only sim/simgrid includes this: it pulls in SimGrid. Creating the engine would take over SIGINT
// and SIGSEGV and log to stderr; here the signal handlers stay as they were and only critical
// messages are printed.
#pragma once

#include <memory>

#include <simgrid/s4u/Engine.hpp>

namespace hearsay::sim {

// REQUIRES: !engine_was_made().
std::unique_ptr<simgrid::s4u::Engine> make_engine(bool quiet);

// SimGrid 3.32 allows one engine at a time, but what the first leaves behind in static memory makes
// a second crash: one per process it is.
bool engine_was_made();

}  // namespace hearsay::sim
