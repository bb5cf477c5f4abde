// The blobs inside private-data messages: who may hold a collection, and what was written to it.
//
// Which blob is which: PrivatePayload.private_rwset and PvtDataElement.payload[i] are KVRWSet bytes
// of one collection; PvtDataPayload.payload is a whole TxPvtReadWriteSet of one transaction;
// Payload.private_data[i] is an encoded PvtDataPayload. Mirrors peer/collection.proto, ledger/rwset
// and gossip/util/privdata.go of Fabric v2.5.4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/wire/codec_error.h"

namespace hearsay {

struct PvtDataPayload {
  std::uint64_t tx_seq_in_block = 0;
  std::string payload;  // an encoded TxPvtReadWriteSet
  bool operator==(const PvtDataPayload&) const = default;
};
std::string encode(const PvtDataPayload& payload);
Result<PvtDataPayload, DecodeError> decode_pvt_data_payload(std::string_view bytes);

struct CollectionPvtReadWriteSet {
  std::string collection_name;
  std::string rwset;  // an encoded KVRWSet
  bool operator==(const CollectionPvtReadWriteSet&) const = default;
};
struct NsPvtReadWriteSet {
  std::string name_space;
  std::vector<CollectionPvtReadWriteSet> collections;
  bool operator==(const NsPvtReadWriteSet&) const = default;
};
struct TxPvtReadWriteSet {
  std::int32_t data_model = 0;  // 0: key-value
  std::vector<NsPvtReadWriteSet> namespaces;
  bool operator==(const TxPvtReadWriteSet&) const = default;
};
std::string encode(const TxPvtReadWriteSet& set);
Result<TxPvtReadWriteSet, DecodeError> decode_tx_pvt_rwset(std::string_view bytes);

// The writes of a key-value set; reads, range queries and metadata writes are not looked at.
struct KvWrite {
  std::string key;
  bool is_delete = false;
  std::string value;
  bool operator==(const KvWrite&) const = default;
};
std::string encode_kv_writes(const std::vector<KvWrite>& writes);
Result<std::vector<KvWrite>, DecodeError> decode_kv_writes(std::string_view bytes);

// --- collections

// common.SignaturePolicy: one signer by its index in `identities`, or n of several rules.
struct SignaturePolicy {
  struct NOutOf {
    std::int32_t n = 0;
    std::vector<SignaturePolicy> rules;
    bool operator==(const NOutOf&) const = default;
  };
  std::variant<std::monostate, std::int32_t, NOutOf> type;
  bool operator==(const SignaturePolicy&) const = default;
};

struct MspPrincipal {
  std::int32_t classification = 0;  // 0: role
  std::string principal;            // for a role: an encoded MSPRole
  bool operator==(const MspPrincipal&) const = default;
};

struct SignaturePolicyEnvelope {
  std::int32_t version = 0;
  std::optional<SignaturePolicy> rule;
  std::vector<MspPrincipal> identities;
  bool operator==(const SignaturePolicyEnvelope&) const = default;
};

struct StaticCollectionConfig {
  std::string name;
  std::optional<SignaturePolicyEnvelope> member_orgs_policy;
  std::int32_t required_peer_count = 0;
  std::int32_t maximum_peer_count = 0;
  std::uint64_t block_to_live = 0;
  bool member_only_read = false;
  bool member_only_write = false;
  // An encoded protos.ApplicationPolicy, opaque here.
  std::optional<std::string> endorsement_policy;
  bool operator==(const StaticCollectionConfig&) const = default;
};

using CollectionConfigPackage = std::vector<StaticCollectionConfig>;

std::string encode(const CollectionConfigPackage& package);
// A CollectionConfig whose payload is not a static one reads as an empty config.
Result<CollectionConfigPackage, DecodeError> decode_collection_configs(std::string_view bytes);

// An encoded common.MSPRole; 0 is MEMBER.
std::string encode_msp_role(std::string_view msp_id, std::int32_t role);
// The MSP id of an encoded MSPRole.
Result<std::string, DecodeError> decode_msp_role(std::string_view bytes);

// "Any member of one of these organisations": 1 out of them. Fabric: policydsl.SignedByAnyMember.
SignaturePolicyEnvelope signed_by_any_member(const std::vector<std::string>& msp_ids);

}  // namespace hearsay
