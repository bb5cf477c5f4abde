// A scenario as plain data: what to build, what happens to it, and what must come out.
//
// The reader fills these structs from JSON; what the file left out keeps the default written here.
// Defaults that depend on other parts of the scenario (an organisation's bootstrap peers, a
// channel's members …) are absent until `resolve` writes them: in a resolved scenario every
// optional marked "resolved: present" is there. docs/scenario-format.md and scenarios/schema.json
// describe each key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/time.h"
#include "core/trace/promise.h"
#include "sim/scenario/selectors.h"

namespace hearsay::scenario {

// Limits, far beyond what is of use, so that a slip of the finger is a complaint and not a full
// memory.
inline constexpr std::uint32_t kMaxPeers = 100'000;  // in all organisations together
inline constexpr std::size_t kMaxOrganizations = 1'000;
inline constexpr std::size_t kMaxChannels = 1'000;
inline constexpr std::size_t kMaxEntries = 10'000;  // of any other list
inline constexpr std::size_t kMaxNameLength = 100;
inline constexpr std::size_t kMaxFaultGroups = 255;     // of a partition
inline constexpr std::uint32_t kMaxBlocks = 1'000'000;  // of one stream
inline constexpr std::uint64_t kMaxBlockSize = std::uint64_t{99}
                                               << 20;  // Fabric: 100 MiB a message
inline constexpr std::uint64_t kMinBandwidth = 1'000;
inline constexpr std::uint64_t kMaxBandwidth = 1'000'000'000'000'000;
inline constexpr Duration kMaxRun = 30 * 24 * 3600 * kSecond;
inline constexpr Duration kMaxLatency = 3600 * kSecond;

// A value of one of Fabric's configuration keys. Durations stay text, as in core.yaml.
using ConfigValue = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;

struct ConfigEntry {
  std::string key = {};  // as Fabric spells it
  ConfigValue value = {};

  bool operator==(const ConfigEntry&) const = default;
};

// In the order of the file; no key twice.
using ConfigMap = std::vector<ConfigEntry>;

// The value as core.yaml would hold it: "true", "20", "4s"; the items of a list between blanks.
std::string config_text(const ConfigValue& value);

struct StartTimes {
  Time at = 0;
  Duration spread = 0;  // each peer starts at a uniformly drawn time in [at, at + spread]

  bool operator==(const StartTimes&) const = default;
};

enum class LeaderMode : std::uint8_t { kStatic, kElected };
// What peers know of each other when they start: nothing but their bootstrap peers, or everything.
enum class MembershipMode : std::uint8_t { kCold, kConverged };
// Whose deliver client peers run: that of Fabric 1.0.1, 1.1 … 2.x.
enum class DeliverClient : std::uint8_t { kV1_0, kV1_1, kV1_2, kV1_4_4, kV1_4_5, kV2 };

struct Organization {
  std::string name = {};
  std::uint32_t peers = 0;
  std::optional<Selector> bootstrap = {};           // resolved: present; default: the first peer
  std::optional<Selector> anchors = {};             // resolved: present; default: nobody
  std::optional<Selector> external_endpoints = {};  // resolved: present; default: nobody
  LeaderMode leader = LeaderMode::kStatic;
  // Resolved: present; default: the first peer, or nobody where leaders are elected.
  std::optional<Selector> leaders = {};
  DeliverClient deliver_client = DeliverClient::kV2;
  MembershipMode membership = MembershipMode::kCold;
  StartTimes start = {};

  bool operator==(const Organization&) const = default;
};

struct Channel {
  std::string name = {};
  std::optional<std::vector<std::string>> organizations =
      {};            // resolved: present; default: every one
  Time join_at = 0;  // a peer that starts later joins when it starts

  bool operator==(const Channel&) const = default;
};

struct Override {
  Selector peers = {};
  ConfigMap config = {};
  std::optional<StartTimes> start = {};  // instead of the organisation's

  bool operator==(const Override&) const = default;
};

enum class Distribution : std::uint8_t { kConstant, kUniform, kLognormal };

// One-way latency of a frame. Only the fields of the distribution have meaning; the others are 0.
struct Latency {
  Distribution distribution = Distribution::kLognormal;
  Duration value = 0;                  // kConstant
  Duration min = 0, max = 0;           // kUniform
  Duration median = 2 * kMillisecond;  // kLognormal
  Duration p99 = 20 * kMillisecond;    // kLognormal

  static Latency constant(Duration value);
  bool operator==(const Latency&) const = default;
};

struct Zone {
  std::string name = {};
  Selector peers = {};

  bool operator==(const Zone&) const = default;
};

// Latency between the peers of two zones (or within one: a == b), instead of Network::latency.
struct ZonePair {
  std::string a = {};
  std::string b = {};
  Latency latency = {};

  bool operator==(const ZonePair&) const = default;
};

enum class NetworkModel : std::uint8_t { kLatency, kFlow };

struct Network {
  NetworkModel model = NetworkModel::kLatency;
  Latency latency = {};
  std::uint64_t bandwidth = 1'000'000'000;  // bits per second of each peer's access link, each way
  std::vector<Zone> zones = {};
  std::vector<ZonePair> between_zones = {};
  // A SimGrid platform file instead of latency, bandwidth and between_zones, or empty. With a
  // platform, a zone's name is that of a netzone in it, whose hosts its peers get in turn; peers
  // outside every zone get all hosts in turn. Relative to the scenario's own folder until resolved,
  // then absolute.
  std::string platform = {};

  bool operator==(const Network&) const = default;
};

struct Cpu {
  Duration verify = 0;
  Duration validate_block = 0;
  Duration commit_block = 0;

  bool operator==(const Cpu&) const = default;
};

struct OrdererNode {
  std::string name = {};
  // At most one of the two: a zone of the network's, or a latency to everybody of its own.
  std::string zone = {};  // "": none
  std::optional<Latency> latency = {};
  std::optional<std::uint64_t> bandwidth = {};  // absent: the network's
  Duration delay = 0;                           // from when a block is cut to when it has it

  bool operator==(const OrdererNode&) const = default;
};

// Bytes of a block. As with Latency, only the fields of the distribution have meaning.
struct BlockSize {
  Distribution distribution = Distribution::kConstant;
  std::uint64_t value = 1024;
  std::uint64_t min = 0, max = 0;
  std::uint64_t median = 0, p99 = 0;

  bool operator==(const BlockSize&) const = default;
};

// kReplay: as a file recorded them.
enum class Arrivals : std::uint8_t { kConstant, kPoisson, kReplay };

struct RecordedBlock {
  Duration at = 0;  // from the stream's start
  std::uint64_t size = 0;

  bool operator==(const RecordedBlock&) const = default;
};

struct BlockStream {
  std::string channel = {};  // resolved: not empty; default: the only channel
  std::optional<Selector> from =
      {};  // the peers where blocks are injected; absent: from the orderers
  Time start = 30 * kSecond;
  Duration interval = kSecond;
  std::uint32_t count = 10;
  BlockSize size = {};
  Arrivals arrivals = Arrivals::kConstant;
  // kReplay alone, which has neither interval nor count nor size: a CSV file, relative to the
  // scenario's own folder until resolved, then absolute; and what is in it.
  std::string file = {};
  std::vector<RecordedBlock> recorded = {};

  bool operator==(const BlockStream&) const = default;
};

enum class FaultKind : std::uint8_t { kCrash, kIsolate, kPartition, kOrderer };

// What an orderer does wrong; docs/scenario-format.md says what each means.
enum class OrdererAction : std::uint8_t {
  kOutage,
  kSlow,
  kWithhold,
  kStatus,
  kCorrupt,
  kGarbage,
  kWrongChannel,
  kOldBlock,
};
inline constexpr std::string_view kDefaultStatus = "SERVICE_UNAVAILABLE";

struct Fault {
  FaultKind kind = FaultKind::kCrash;
  Time at = 0;
  // kCrash: restarts after this; the others end after this. Absent: lasts to heal_at or the end of
  // the run.
  std::optional<Duration> lasts = {};
  Selector peers = {};  // all but kPartition and kOrderer

  // kPartition alone. A peer is in the first group that selects it, and in none when `bridge`
  // does.
  std::vector<Selector> groups = {};
  bool one_way = false;
  Selector bridge = {};

  // kOrderer alone.
  std::vector<std::string> orderers = {};  // resolved: not empty; default: all of them
  OrdererAction action = OrdererAction::kOutage;
  Duration delay = 0;       // kSlow: what each block of a stream takes
  std::string status = {};  // kStatus: a word of words::kStatuses

  bool operator==(const Fault&) const = default;
};

enum class EventKind : std::uint8_t { kLeaveChannel, kRevoke, kExpire };

// Something that happens to peers once, for good.
struct Event {
  EventKind kind = EventKind::kLeaveChannel;
  Time at = 0;
  Selector peers = {};
  std::string channel = {};  // kLeaveChannel alone; resolved: not empty; default: the only channel

  bool operator==(const Event&) const = default;
};

struct Scenario {
  std::string name = {};  // resolved: not empty; default: the file's name without its ending
  std::string description = {};
  std::uint64_t seed = 1;
  Duration duration = 0;
  std::vector<Organization> organizations = {};
  std::vector<Channel> channels = {};
  // A core.yaml, relative to the scenario's own folder. Loaded: empty, and `config` holds its keys.
  std::string core_yaml = {};
  ConfigMap config = {};
  std::vector<Override> overrides = {};
  Network network = {};
  Cpu cpu = {};
  std::optional<std::vector<OrdererNode>> orderers =
      {};  // resolved: present; default: one, "orderer0"
  std::vector<BlockStream> blocks = {};
  std::vector<Fault> faults = {};
  std::vector<Event> events = {};
  std::vector<Promise> expect = {};  // what the names mean is the business of the analysis
  std::optional<Time> heal_at = {};  // ends every fault

  bool operator==(const Scenario&) const = default;
};

// The organisations and their peers, numbered in the order of the scenario.
Population population_of(const Scenario& scenario);

}  // namespace hearsay::scenario
