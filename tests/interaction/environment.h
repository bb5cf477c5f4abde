// Environment: the commands of the golden conversations, each documented by an example above its
// handler in environment.cc; docs/how-to/golden-tests.md lists them.
//
// One environment is one conversation: a stage (stage.h) on which nothing happens by itself. The
// network has constant latency and no limit of bandwidth, so that times in the output are round.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/fault/fault.h"
#include "tests/interaction/datadriven.h"
#include "tests/interaction/transcript.h"

namespace hearsay::test {

class Environment {
 public:
  Environment();
  ~Environment();

  // Carries out one command. What happened meanwhile is the output; a command that makes no sense
  // prints "error: " and why, and does nothing.
  std::string handle(const Command& command);

 private:
  // What is wrong with a command.
  struct Mistake {
    std::string text;
  };
  using Method = void (Environment::*)(const Command&);
  static const std::map<std::string, Method>& methods();

  void cluster(const Command& c);
  void log_level(const Command& c);
  void start(const Command& c);
  void crash(const Command& c);
  void run(const Command& c);
  void isolate(const Command& c);
  void heal(const Command& c);
  void join(const Command& c);
  void deliver_block(const Command& c);
  void update_height(const Command& c);
  void gossip(const Command& c);
  void cut(const Command& c);
  void orderer(const Command& c);
  void seize(const Command& c);
  void dial(const Command& c);
  void send(const Command& c);
  void send_raw(const Command& c);
  void seek(const Command& c);
  void view(const Command& c);
  void connections(const Command& c);
  void ledger(const Command& c);
  void election(const Command& c);

  void print(const std::string& line) { printed_ += line + "\n"; }
  Stage& stage();
  std::vector<PeerIndex> peers(const Command& c);
  PeerIndex peer(const std::string& name);
  // The first word's peer, running, and not seized (seized).
  PeerIndex running_peer(const Command& c);
  PeerIndex running_attacker(const Command& c);
  // The second word, a channel that the first word's peer has joined.
  const std::string& channel_of(const Command& c);
  sim::OrderingService& orderers();
  sim::HostIndex orderer_named(const std::string& name);
  ConnId conn_to(PeerIndex attacker, const std::string& far);
  Duration duration(const std::string& text);
  std::uint64_t number(const std::string& text);
  std::string scenario_text(const Command& c);

  Transcript transcript_;
  std::unique_ptr<Stage> stage_;
  std::map<PeerIndex, std::vector<const sim::ChannelPlan*>> channels_to_join_;
  std::vector<std::unique_ptr<sim::Isolate>> cuts_;
  std::map<sim::HostIndex, std::unique_ptr<sim::Misconduct>> misconduct_;
  std::map<std::pair<PeerIndex, PeerIndex>, ConnId> attacks_;
  std::string printed_;
};

}  // namespace hearsay::test
