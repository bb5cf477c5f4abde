// The deliver exchange between a leader peer and an orderer, and the envelopes of package `common`
// it is wrapped in. Not gossip's Envelope: these are seen by orderers and by the deliver service
// alone.
//
// Mirrors orderer/ab.proto, common/common.proto and protoutil/txutils.go of Fabric v2.5.4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/wire/block.h"
#include "core/wire/codec_error.h"

namespace hearsay {

// --- package common

// HTTP-like answers of the ordering service; unknown numbers are kept.
enum class Status : std::int32_t {
  kUnknown = 0,
  kSuccess = 200,
  kBadRequest = 400,
  kForbidden = 403,
  kNotFound = 404,
  kRequestEntityTooLarge = 413,
  kInternalServerError = 500,
  kNotImplemented = 501,
  kServiceUnavailable = 503,
};

enum class HeaderType : std::int32_t {
  kMessage = 0,
  kConfig = 1,
  kConfigUpdate = 2,
  kEndorserTransaction = 3,
  kOrdererTransaction = 4,
  kDeliverSeekInfo = 5,
  kChaincodePackage = 6,
};

struct Timestamp {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
  bool operator==(const Timestamp&) const = default;
};

struct ChannelHeader {
  HeaderType type = HeaderType::kMessage;
  std::int32_t version = 0;
  std::optional<Timestamp> timestamp;
  std::string channel_id;
  std::string tx_id;
  std::uint64_t epoch = 0;
  std::string extension;
  std::string tls_cert_hash;
  bool operator==(const ChannelHeader&) const = default;
};

struct SignatureHeader {
  std::string creator;  // an encoded SerializedIdentity
  std::string nonce;
  bool operator==(const SignatureHeader&) const = default;
};

// common.Payload with its Header; both headers are encoded already.
struct CommonPayload {
  bool has_header = true;
  std::string channel_header;
  std::string signature_header;
  std::string data;
  bool operator==(const CommonPayload&) const = default;
};

struct CommonEnvelope {
  std::string payload;
  std::string signature;
  bool operator==(const CommonEnvelope&) const = default;
};

std::string encode(const ChannelHeader& header);
std::string encode(const SignatureHeader& header);
std::string encode(const CommonPayload& payload);
std::string encode(const CommonEnvelope& envelope);
Result<ChannelHeader, DecodeError> decode_channel_header(std::string_view bytes);
Result<SignatureHeader, DecodeError> decode_signature_header(std::string_view bytes);
Result<CommonPayload, DecodeError> decode_common_payload(std::string_view bytes);
Result<CommonEnvelope, DecodeError> decode_common_envelope(std::string_view bytes);

// --- package orderer

struct SeekPosition {
  enum class Kind : std::uint8_t { kUnset, kNewest, kOldest, kSpecified, kNextCommit };
  Kind kind = Kind::kUnset;
  std::uint64_t number = 0;  // of kSpecified

  static SeekPosition specified(std::uint64_t number) { return {Kind::kSpecified, number}; }
  bool operator==(const SeekPosition&) const = default;
};

struct SeekInfo {
  enum class Behavior : std::int32_t { kBlockUntilReady = 0, kFailIfNotReady = 1 };
  enum class ErrorResponse : std::int32_t { kStrict = 0, kBestEffort = 1 };

  std::optional<SeekPosition> start;
  std::optional<SeekPosition> stop;
  Behavior behavior = Behavior::kBlockUntilReady;
  ErrorResponse error_response = ErrorResponse::kStrict;
  bool operator==(const SeekInfo&) const = default;
};

// Every block from `height` on, for ever. Fabric: blocksprovider createSeekInfo.
SeekInfo seek_from(std::uint64_t height);

std::string encode(const SeekInfo& seek);
Result<SeekInfo, DecodeError> decode_seek_info(std::string_view bytes);

// What an orderer answers: a block, or a status; monostate when neither is set. The filtered block
// and the block with private data that peers may send have higher numbers and read as monostate.
using DeliverResponse = std::variant<std::monostate, Status, Block>;
std::string encode(const DeliverResponse& response);
Result<DeliverResponse, DecodeError> decode_deliver_response(std::string_view bytes);

struct BroadcastResponse {
  Status status = Status::kUnknown;
  std::string info;
  bool operator==(const BroadcastResponse&) const = default;
};
std::string encode(const BroadcastResponse& response);
Result<BroadcastResponse, DecodeError> decode_broadcast_response(std::string_view bytes);

// --- package protos

struct AnchorPeer {
  std::string host;
  std::int32_t port = 0;
  bool operator==(const AnchorPeer&) const = default;
};
std::string encode(const std::vector<AnchorPeer>& anchors);
Result<std::vector<AnchorPeer>, DecodeError> decode_anchor_peers(std::string_view bytes);

}  // namespace hearsay
