// The words a scenario may use: keys of each object, choices of each enumeration.
//
// The reader, the suggestions in complaints and the test that compares all this with
// scenarios/schema.json use the same tables.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace hearsay::scenario {

using Words = std::span<const std::string_view>;

// An object of the scenario and its keys. `where` is its path with [] for any index.
struct ObjectKeys {
  std::string_view where;
  Words keys;
};

namespace words {

using sv = std::string_view;

inline constexpr std::array kTop = {
    sv("name"),     sv("description"), sv("seed"),      sv("duration"),  sv("organizations"),
    sv("channels"), sv("config"),      sv("core_yaml"), sv("overrides"), sv("network"),
    sv("cpu"),      sv("orderers"),    sv("blocks"),    sv("faults"),    sv("events"),
    sv("swarm"),    sv("heal_at"),     sv("expect"),    sv("$schema")};
inline constexpr std::array kOrganization = {
    sv("name"),   sv("peers"),   sv("bootstrap"),      sv("anchors"),    sv("external_endpoints"),
    sv("leader"), sv("leaders"), sv("deliver_client"), sv("membership"), sv("start")};
inline constexpr std::array kStart = {sv("at"), sv("spread")};
inline constexpr std::array kChannel = {sv("name"), sv("organizations"), sv("join_at")};
inline constexpr std::array kOverride = {sv("peers"), sv("config"), sv("start")};
inline constexpr std::array kNetwork = {sv("model"), sv("latency"),       sv("bandwidth"),
                                        sv("zones"), sv("between_zones"), sv("platform")};
inline constexpr std::array kLatency = {sv("distribution"), sv("value"),  sv("min"),
                                        sv("max"),          sv("median"), sv("p99")};
inline constexpr std::array kZone = {sv("name"), sv("peers")};
inline constexpr std::array kZonePair = {sv("a"), sv("b"), sv("latency")};
inline constexpr std::array kCpu = {sv("verify"), sv("validate_block"), sv("commit_block")};
inline constexpr std::array kOrderer = {sv("name"), sv("zone"), sv("latency"), sv("bandwidth"),
                                        sv("delay")};
inline constexpr std::array kBlocks = {sv("channel"),  sv("from"),     sv("start"),
                                       sv("interval"), sv("rate"),     sv("count"),
                                       sv("size"),     sv("arrivals"), sv("file")};
inline constexpr std::array kBlockSize = {sv("distribution"), sv("value"),  sv("min"),
                                          sv("max"),          sv("median"), sv("p99")};
inline constexpr std::array kFault = {
    sv("kind"),   sv("at"),     sv("for"),     sv("peers"),  sv("restart_after"),
    sv("state"),  sv("groups"), sv("one_way"), sv("bridge"), sv("orderers"),
    sv("action"), sv("delay"),  sv("status")};
inline constexpr std::array kEvent = {sv("kind"), sv("at"), sv("peers"), sv("channel")};
inline constexpr std::array kExpectation = {sv("metric"), sv("stat"),   sv("min"),
                                            sv("max"),    sv("equals"), sv("invariant")};
inline constexpr std::array kSelector = {sv("select"), sv("except")};

inline constexpr std::array kLeaderModes = {sv("static"), sv("elected")};
inline constexpr std::array kDeliverClients = {sv("v1.0"),   sv("v1.1"),   sv("v1.2"),
                                               sv("v1.4.4"), sv("v1.4.5"), sv("v2")};
inline constexpr std::array kMembershipModes = {sv("cold"), sv("converged")};
inline constexpr std::array kModels = {sv("latency"), sv("flow")};
inline constexpr std::array kDistributions = {sv("constant"), sv("uniform"), sv("lognormal")};
inline constexpr std::array kArrivals = {sv("constant"), sv("poisson"), sv("replay")};
inline constexpr std::array kCrashStates = {sv("kept"), sv("lost")};
inline constexpr std::array kStats = {sv("mean"), sv("sd"),  sv("min"), sv("p50"),
                                      sv("p90"),  sv("p95"), sv("p99"), sv("max")};
// Every fault of the scenario format; those that can be injected come first.
inline constexpr std::array kFaultKinds = {
    sv("crash"), sv("isolate"), sv("partition"), sv("orderer"),   sv("hold"),
    sv("loss"),  sv("delay"),   sv("jitter"),    sv("bandwidth"), sv("disconnect"),
    sv("pause"), sv("slow"),    sv("churn"),     sv("clock"),     sv("byzantine")};
inline constexpr std::size_t kAvailableFaultKinds = 4;
// What an orderer does wrong.
inline constexpr std::array kOrdererActions = {sv("outage"),        sv("slow"),     sv("withhold"),
                                               sv("status"),        sv("corrupt"),  sv("garbage"),
                                               sv("wrong_channel"), sv("old_block")};
// Fabric: common.Status.
inline constexpr std::array kStatuses = {sv("SUCCESS"),
                                         sv("BAD_REQUEST"),
                                         sv("FORBIDDEN"),
                                         sv("NOT_FOUND"),
                                         sv("REQUEST_ENTITY_TOO_LARGE"),
                                         sv("INTERNAL_SERVER_ERROR"),
                                         sv("NOT_IMPLEMENTED"),
                                         sv("SERVICE_UNAVAILABLE")};
inline constexpr std::array kEventKinds = {sv("leave_channel"), sv("revoke"), sv("expire")};
inline constexpr std::array kInvariants = {sv("all"),
                                           sv("ledger.in_order"),
                                           sv("ledger.equal_bytes"),
                                           sv("membership.no_peer_both_alive_and_dead"),
                                           sv("message.accepted_once"),
                                           sv("buffers.within_limits"),
                                           sv("channels.no_leak"),
                                           sv("liveness.after_heal")};
// Words with a meaning of their own where a selector may stand.
inline constexpr std::array kReservedNames = {sv("all"), sv("none"), sv("orderers")};

inline constexpr std::array<ObjectKeys, 20> kObjects = {{
    {"", kTop},
    {"organizations[]", kOrganization},
    {"organizations[].start", kStart},
    {"channels[]", kChannel},
    {"overrides[]", kOverride},
    {"overrides[].start", kStart},
    {"network", kNetwork},
    {"network.latency", kLatency},
    {"network.zones[]", kZone},
    {"network.between_zones[]", kZonePair},
    {"network.between_zones[].latency", kLatency},
    {"cpu", kCpu},
    {"orderers[]", kOrderer},
    {"orderers[].latency", kLatency},
    {"blocks[]", kBlocks},
    {"blocks[].size", kBlockSize},
    {"faults[]", kFault},
    {"events[]", kEvent},
    {"expect[]", kExpectation},
    {"faults[].peers", kSelector},
}};

}  // namespace words
}  // namespace hearsay::scenario
