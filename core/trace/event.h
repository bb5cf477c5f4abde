// The closed list of what can be observed of a run.
//
// One TraceEvent is a 40-byte value; from the events alone the flow of messages, the views of the
// peers and the way of each block can be rebuilt, and every metric is computed from nothing else. A
// trace of a real deployment uses the same list, which is why this header knows neither engines nor
// simulator.
#pragma once

#include <cstdint>

#include "core/base/ids.h"
#include "core/base/time.h"

namespace hearsay {

// What happened. `peer` is where; the meaning of the other fields stands behind each kind.
enum class TraceKind : std::uint8_t {
  kNodeStarted,       // value: incarnation (Unix ns)
  kNodeStopped,       // detail: StopReason
  kMessageSent,       // other: to; type, size, value: fingerprint
  kMessageDelivered,  // other: from; type, size, value: fingerprint (arrived at the node, decoded);
                      // channel: the one it is about, if any
  kMessageDropped,    // other: the far end; type, size, detail: DropReason
  kMessageDuplicate,  // other: from; type (a store refused it)
  kMessageRejected,   // other: from; type, detail: RejectReason
  kMemberAlive,       // other: member; value: seq_num (learned new, or resurrected)
  kMemberDead,        // other: member; detail: DeathCause
  kMemberForgotten,   // other: member
  kStateInfoLearned,  // other: owner; channel; value: height (first of this owner in this channel)
  kBlockReceived,     // other: from; channel; value: number; detail: BlockOrigin; size: hops
  kBlockCommitted,    // channel; value: number
  kLeaderDeclared,    // channel
  kLeaderSteppedDown,  // channel
  kConnectionOpened,   // other: far end; detail: 1 when we dialled
  kConnectionClosed,   // other: far end; detail: CloseCause
  kDialFailed,         // other: whom
  kTimerFired,         // detail: TimerKind
  kFaultBegun,         // value: index in the scenario; detail: the peer's group, 0: none
  kFaultEnded,         // the same
  kChannelView,        // channel; value: its peers known, size: new ones; detail: ViewReport
  kBlockLost,          // channel; value: number; detail: LostBlock (dropped when it was to commit)
  kCommitFailed,       // channel; value: number; detail: CommitFailure
  kStraggler,          // channel; value: number of a refused block, far above the ledger
  kCatchUpBegun,       // channel; value: first block asked for; size: how many
  kCatchUpEnded,       // channel; value: block it would ask for next; detail: CatchUpEnd
  kDeliverConnected,   // channel; value: first block asked for; size: the orderer's number
  kDeliverRefused,     // channel; value: block or status; size: orderer; detail: DeliverRefusal
  kDeliverRetry,       // channel; value: pause, ms; size: failures in a row; detail: DeliverTrouble
  kDeliverEnded,       // channel; detail: DeliverEnd
  kBlockCut,           // channel; value: number; size: bytes; nowhere: the orderers have it
};
inline constexpr std::size_t kTraceKinds = 32;

enum class StopReason : std::uint8_t { kEnd, kCrash };

enum class DropReason : std::uint8_t {
  kSendBufferFull,    // the newest message, Fabric's policy
  kConnectionClosed,  // queued behind a stream that broke
  kDialFailed,        // queued behind a dial that failed
  kNodeStopped,       // in flight to a node that is gone
};
inline constexpr std::size_t kDropReasons = 4;

// Why an accepted frame had no effect. Inputs that crash Fabric are among them.
enum class RejectReason : std::uint8_t {
  kUndecodable,  // payload is no GossipMessage: the connection is torn down
  kIllegalTag,
  kNoContent,
  kMissingMembership,  // alive message without membership
  kMissingTimestamp,
  kMissingPkiId,
  kMissingPayload,  // data message without payload
  kBadSignature,
  kUnsigned,
  kUnknownIdentity,
  kBadIdentity,     // embedded identity invalid or not matching its PKI-ID
  kSpoofedRequest,  // membership request that names another peer than the connection's
  kForeignContent,  // wrong content nested in a response or snapshot
  kBadMac,
  kUnknownChannel,
  kNotInChannel,
  kForeignOrg,
  kBadBlock,
  kUnexpected,   // a legal message this node has no use for
  kHandshake,    // refused handshake
  kDisclosure,   // policy forbids to answer
  kOwnMessage,   // our own message came back
  kNotReader,    // the channel's readers policy refuses the sender's handshake
  kUnsolicited,  // a state response that answers nothing asked for now
  kQueueFull,    // state requests or responses that wait reached their limit
  kBadRange,     // state request, inverted or wider than the batch size
};
inline constexpr std::size_t kRejectReasons = 26;

// What a look at a channel's peers found worth a report.
enum class ViewReport : std::uint8_t { kNothing, kOnline, kOffline, kBoth };

enum class DeathCause : std::uint8_t { kExpired, kPresumedDead, kLearnedDead };
enum class CloseCause : std::uint8_t { kReplaced, kRequested, kRemote, kBroken, kStopped };
enum class BlockOrigin : std::uint8_t { kDeliver, kPush, kPull, kState };
// Why a block that was received never reached the ledger.
enum class LostBlock : std::uint8_t { kUndecodable, kNoHeader, kNoData, kBadPrivateData };
// kValidation: its transactions could not be validated (Fabric: VSCC); kLedger: everything else.
enum class CommitFailure : std::uint8_t { kValidation, kLedger };
// How a round of state transfer ended: all asked for, nobody to ask, or no good answer.
enum class CatchUpEnd : std::uint8_t { kDone, kNoCandidate, kTriesSpent };
// Why a response of an orderer was not taken.
enum class DeliverRefusal : std::uint8_t {
  kSuccess,    // a status: an endless request must not complete
  kStatus,     // any other status
  kNoContent,  // neither block nor status, or undecodable
  kNoHeader,   // a block without header
  kBadBlock,   // not the block it says it is, of another channel, or not signed as it must be
  kNotAdded,   // the peer would not have it
};
// Why an attempt to get blocks from an orderer failed.
enum class DeliverTrouble : std::uint8_t {
  kNoEndpoint,
  kDial,
  kStream,
  kSend,
  kClosed,     // the orderer closed the stream in order
  kBroken,     // the connection broke
  kRefused,    // a response was not taken
  kNoSeek,     // v1.x: no readable ledger, or no signature
  kRefreshed,  // v1.x: the configuration names other orderers
};
// Why the delivery of a channel is over.
enum class DeliverEnd : std::uint8_t {
  kStopped,
  kBudgetSpent,       // of failures: the leader yields
  kLedgerUnreadable,  // v2.x
  kCannotSign,        // v2.x
  kCompleted,         // v1.x: an orderer reported success
  kBadStatuses,       // v1.x: too many in a row
  kUnknownResponse,   // v1.x
};

// Names as they appear in trace files and reports ("message_sent", "send_buffer_full" …).
const char* trace_kind_name(TraceKind kind);
const char* drop_reason_name(DropReason reason);
const char* reject_reason_name(RejectReason reason);

struct TraceEvent {
  Time time = 0;
  std::uint64_t value = 0;
  PeerIndex peer = kNoPeer;
  PeerIndex other = kNoPeer;
  std::uint32_t size = 0;
  ChannelIndex channel = kNoChannel;
  TraceKind kind{};
  std::uint8_t detail = 0;
  std::uint8_t type = 0;  // MessageType of the wire room
  std::uint8_t padding[7] = {};
};
static_assert(sizeof(TraceEvent) == 40);

}  // namespace hearsay
