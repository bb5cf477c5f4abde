// RunFacts: what the numbers in trace events mean, and what is known of a run before it begins.
//
// Events speak of peers, channels, message types and faults by index; this is the table behind
// them. It is plain data, so a trace of a real deployment can bring its own. Whoever runs something
// fills it before the first event; it is also the first line of a trace file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"

namespace hearsay {

struct PeerFacts {
  std::string name;  // "org1/3"
  OrgIndex org{};
  bool external_endpoint = false;  // known to other organisations
  // Peers of the same circle (> 0) know each other when they first start, as far as peers can.
  std::uint32_t circle = 0;
  bool anchor = false;         // its organisation's channels name it to the other organisations
  bool static_leader = false;  // leads by configuration, whoever else does

  bool operator==(const PeerFacts&) const = default;
};

struct ChannelFacts {
  std::string name;
  std::vector<PeerIndex> members;  // ascending, no peer twice
  BlockNum first_block = 1;        // what a new ledger commits first; 0 is the genesis block
  bool circles = false;            // those of a circle know each other's state info, too

  bool operator==(const ChannelFacts&) const = default;
};

struct FaultFacts {
  std::string name;                  // as a person would call it: "isolate org1/3"
  bool cuts_off = false;             // the peers it names run on, but nobody can reach them
  ChannelIndex leaves = kNoChannel;  // the peers it names leave this channel

  bool operator==(const FaultFacts&) const = default;
};

struct RunFacts {
  std::vector<std::string> orgs;       // by OrgIndex
  std::vector<PeerFacts> peers;        // by PeerIndex
  std::vector<std::string> orderers;   // hosts that are no peers; their numbers follow the peers'
  std::vector<ChannelFacts> channels;  // by ChannelIndex
  std::vector<std::string> types;      // by TraceEvent::type: "AliveMsg", "Hello.block" …
  std::vector<std::string> timers;     // by TraceEvent::detail of timer events
  std::vector<FaultFacts> faults;      // by TraceEvent::value of fault events
  Duration duration = 0;               // as planned; a run may end earlier
  // Whether a peer that missed a block has a way to get it later (pull or state transfer): without
  // one, unequal heights at the end are no fault of the protocol.
  bool catches_up = false;

  bool operator==(const RunFacts&) const = default;
};

}  // namespace hearsay
