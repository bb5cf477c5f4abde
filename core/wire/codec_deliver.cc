// Package common's envelopes, the deliver exchange and anchor peers to bytes and back.
#include <limits>
#include <utility>

#include "core/base/assert.h"
#include "core/wire/codec_common.h"
#include "core/wire/codec_scan.h"
#include "core/wire/common.pb.h"
#include "core/wire/deliver.h"
#include "core/wire/orderer.pb.h"
#include "core/wire/peer.pb.h"
#include "core/wire/utf8.h"

namespace hearsay {

std::string encode(const ChannelHeader& header) {
  HS_ASSERT(is_valid_utf8(header.channel_id) && is_valid_utf8(header.tx_id));
  common::ChannelHeader proto;
  proto.set_type(static_cast<std::int32_t>(header.type));
  proto.set_version(header.version);
  if (header.timestamp) {
    proto.mutable_timestamp()->set_seconds(header.timestamp->seconds);
    proto.mutable_timestamp()->set_nanos(header.timestamp->nanos);
  }
  proto.set_channel_id(header.channel_id);
  proto.set_tx_id(header.tx_id);
  proto.set_epoch(header.epoch);
  proto.set_extension(header.extension);
  proto.set_tls_cert_hash(header.tls_cert_hash);
  return serialize(proto);
}

Result<ChannelHeader, DecodeError> decode_channel_header(std::string_view bytes) {
  common::ChannelHeader proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  ChannelHeader header;
  header.type = static_cast<HeaderType>(proto.type());
  header.version = proto.version();
  if (proto.has_timestamp()) {
    header.timestamp = Timestamp{proto.timestamp().seconds(), proto.timestamp().nanos()};
  }
  header.channel_id = std::move(*proto.mutable_channel_id());
  header.tx_id = std::move(*proto.mutable_tx_id());
  header.epoch = proto.epoch();
  header.extension = std::move(*proto.mutable_extension());
  header.tls_cert_hash = std::move(*proto.mutable_tls_cert_hash());
  return header;
}

std::string encode(const SignatureHeader& header) {
  common::SignatureHeader proto;
  proto.set_creator(header.creator);
  proto.set_nonce(header.nonce);
  return serialize(proto);
}

Result<SignatureHeader, DecodeError> decode_signature_header(std::string_view bytes) {
  common::SignatureHeader proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  return SignatureHeader{std::move(*proto.mutable_creator()), std::move(*proto.mutable_nonce())};
}

std::string encode(const CommonPayload& payload) {
  common::Payload proto;
  if (payload.has_header) {
    auto& header = *proto.mutable_header();
    header.set_channel_header(payload.channel_header);
    header.set_signature_header(payload.signature_header);
  }
  proto.set_data(payload.data);
  return serialize(proto);
}

Result<CommonPayload, DecodeError> decode_common_payload(std::string_view bytes) {
  common::Payload proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  const bool has_header = proto.has_header();
  auto& header = *proto.mutable_header();
  return CommonPayload{has_header, std::move(*header.mutable_channel_header()),
                       std::move(*header.mutable_signature_header()),
                       std::move(*proto.mutable_data())};
}

std::string encode(const CommonEnvelope& envelope) {
  common::Envelope proto;
  proto.set_payload(envelope.payload);
  proto.set_signature(envelope.signature);
  return serialize(proto);
}

Result<CommonEnvelope, DecodeError> decode_common_envelope(std::string_view bytes) {
  common::Envelope proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  return CommonEnvelope{std::move(*proto.mutable_payload()), std::move(*proto.mutable_signature())};
}

namespace {

void fill(const SeekPosition& position, orderer::SeekPosition& out) {
  switch (position.kind) {
    case SeekPosition::Kind::kUnset:
      return;
    case SeekPosition::Kind::kNewest:
      out.mutable_newest();
      return;
    case SeekPosition::Kind::kOldest:
      out.mutable_oldest();
      return;
    case SeekPosition::Kind::kSpecified:
      out.mutable_specified()->set_number(position.number);
      return;
    case SeekPosition::Kind::kNextCommit:
      out.mutable_next_commit();
      return;
  }
}

SeekPosition take(const orderer::SeekPosition& in) {
  switch (in.Type_case()) {
    case orderer::SeekPosition::kNewest:
      return {SeekPosition::Kind::kNewest, 0};
    case orderer::SeekPosition::kOldest:
      return {SeekPosition::Kind::kOldest, 0};
    case orderer::SeekPosition::kSpecified:
      return SeekPosition::specified(in.specified().number());
    case orderer::SeekPosition::kNextCommit:
      return {SeekPosition::Kind::kNextCommit, 0};
    case orderer::SeekPosition::TYPE_NOT_SET:
      break;
  }
  return {};
}

}  // namespace

SeekInfo seek_from(std::uint64_t height) {
  SeekInfo seek;
  seek.start = SeekPosition::specified(height);
  seek.stop = SeekPosition::specified(std::numeric_limits<std::uint64_t>::max());
  return seek;
}

std::string encode(const SeekInfo& seek) {
  orderer::SeekInfo proto;
  if (seek.start) fill(*seek.start, *proto.mutable_start());
  if (seek.stop) fill(*seek.stop, *proto.mutable_stop());
  proto.set_behavior(static_cast<orderer::SeekInfo::SeekBehavior>(seek.behavior));
  proto.set_error_response(static_cast<orderer::SeekInfo::SeekErrorResponse>(seek.error_response));
  return serialize(proto);
}

Result<SeekInfo, DecodeError> decode_seek_info(std::string_view bytes) {
  orderer::SeekInfo proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  SeekInfo seek;
  if (proto.has_start()) seek.start = take(proto.start());
  if (proto.has_stop()) seek.stop = take(proto.stop());
  seek.behavior = static_cast<SeekInfo::Behavior>(proto.behavior());
  seek.error_response = static_cast<SeekInfo::ErrorResponse>(proto.error_response());
  return seek;
}

std::string encode(const DeliverResponse& response) {
  orderer::DeliverResponse proto;
  if (const auto* status = std::get_if<Status>(&response)) {
    proto.set_status(static_cast<common::Status>(*status));
  } else if (const auto* block = std::get_if<Block>(&response)) {
    block_to_proto(*block, *proto.mutable_block());
  }
  return serialize(proto);
}

Result<DeliverResponse, DecodeError> decode_deliver_response(std::string_view bytes) {
  orderer::DeliverResponse proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  switch (proto.Type_case()) {
    case orderer::DeliverResponse::kStatus:
      return DeliverResponse{static_cast<Status>(proto.status())};
    case orderer::DeliverResponse::kBlock:
      return DeliverResponse{block_from_proto(*proto.mutable_block())};
    case orderer::DeliverResponse::TYPE_NOT_SET:
      break;
  }
  return DeliverResponse{};
}

std::string encode(const BroadcastResponse& response) {
  HS_ASSERT(is_valid_utf8(response.info));
  orderer::BroadcastResponse proto;
  proto.set_status(static_cast<common::Status>(response.status));
  proto.set_info(response.info);
  return serialize(proto);
}

Result<BroadcastResponse, DecodeError> decode_broadcast_response(std::string_view bytes) {
  orderer::BroadcastResponse proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  return BroadcastResponse{static_cast<Status>(proto.status()), std::move(*proto.mutable_info())};
}

std::string encode(const std::vector<AnchorPeer>& anchors) {
  protos::AnchorPeers proto;
  for (const AnchorPeer& anchor : anchors) {
    HS_ASSERT(is_valid_utf8(anchor.host));
    auto& peer = *proto.add_anchor_peers();
    peer.set_host(anchor.host);
    peer.set_port(anchor.port);
  }
  return serialize(proto);
}

Result<std::vector<AnchorPeer>, DecodeError> decode_anchor_peers(std::string_view bytes) {
  protos::AnchorPeers proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  std::vector<AnchorPeer> anchors;
  for (auto& peer : *proto.mutable_anchor_peers()) {
    anchors.push_back({std::move(*peer.mutable_host()), peer.port()});
  }
  return anchors;
}

}  // namespace hearsay
