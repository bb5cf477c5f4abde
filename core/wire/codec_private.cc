// Private-data blobs and collections to bytes and back.
#include <utility>

#include "core/base/assert.h"
#include "core/wire/codec_scan.h"
#include "core/wire/collection.pb.h"
#include "core/wire/gossip.pb.h"
#include "core/wire/kvrwset.pb.h"
#include "core/wire/private_data.h"
#include "core/wire/rwset.pb.h"
#include "core/wire/utf8.h"

namespace hearsay {

std::string encode(const PvtDataPayload& payload) {
  gossip::PvtDataPayload proto;
  proto.set_tx_seq_in_block(payload.tx_seq_in_block);
  proto.set_payload(payload.payload);
  return serialize(proto);
}

Result<PvtDataPayload, DecodeError> decode_pvt_data_payload(std::string_view bytes) {
  gossip::PvtDataPayload proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  return PvtDataPayload{proto.tx_seq_in_block(), std::move(*proto.mutable_payload())};
}

std::string encode(const TxPvtReadWriteSet& set) {
  rwset::TxPvtReadWriteSet proto;
  proto.set_data_model(static_cast<rwset::DataModel>(set.data_model));
  for (const NsPvtReadWriteSet& ns : set.namespaces) {
    HS_ASSERT(is_valid_utf8(ns.name_space));
    auto& out = *proto.add_ns_pvt_rwset();
    out.set_namespace_(ns.name_space);
    for (const CollectionPvtReadWriteSet& c : ns.collections) {
      HS_ASSERT(is_valid_utf8(c.collection_name));
      auto& collection = *out.add_collection_pvt_rwset();
      collection.set_collection_name(c.collection_name);
      collection.set_rwset(c.rwset);
    }
  }
  return serialize(proto);
}

Result<TxPvtReadWriteSet, DecodeError> decode_tx_pvt_rwset(std::string_view bytes) {
  rwset::TxPvtReadWriteSet proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  TxPvtReadWriteSet set;
  set.data_model = proto.data_model();
  for (auto& in : *proto.mutable_ns_pvt_rwset()) {
    NsPvtReadWriteSet ns;
    ns.name_space = std::move(*in.mutable_namespace_());
    for (auto& c : *in.mutable_collection_pvt_rwset()) {
      ns.collections.push_back(
          {std::move(*c.mutable_collection_name()), std::move(*c.mutable_rwset())});
    }
    set.namespaces.push_back(std::move(ns));
  }
  return set;
}

std::string encode_kv_writes(const std::vector<KvWrite>& writes) {
  kvrwset::KVRWSet proto;
  for (const KvWrite& w : writes) {
    HS_ASSERT(is_valid_utf8(w.key));
    auto& out = *proto.add_writes();
    out.set_key(w.key);
    out.set_is_delete(w.is_delete);
    out.set_value(w.value);
  }
  return serialize(proto);
}

Result<std::vector<KvWrite>, DecodeError> decode_kv_writes(std::string_view bytes) {
  kvrwset::KVRWSet proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  std::vector<KvWrite> writes;
  for (auto& w : *proto.mutable_writes()) {
    writes.push_back({std::move(*w.mutable_key()), w.is_delete(), std::move(*w.mutable_value())});
  }
  return writes;
}

namespace {

void fill(const SignaturePolicy& policy, common::SignaturePolicy& out) {
  if (const auto* signed_by = std::get_if<std::int32_t>(&policy.type)) {
    out.set_signed_by(*signed_by);
  } else if (const auto* some = std::get_if<SignaturePolicy::NOutOf>(&policy.type)) {
    auto& n_out_of = *out.mutable_n_out_of();
    n_out_of.set_n(some->n);
    for (const SignaturePolicy& rule : some->rules)
      fill(rule, *n_out_of.add_rules());
  }
}

SignaturePolicy take(const common::SignaturePolicy& in) {
  SignaturePolicy policy;
  if (in.has_signed_by()) {
    policy.type = in.signed_by();
  } else if (in.has_n_out_of()) {
    SignaturePolicy::NOutOf some;
    some.n = in.n_out_of().n();
    for (const auto& rule : in.n_out_of().rules())
      some.rules.push_back(take(rule));
    policy.type = std::move(some);
  }
  return policy;
}

void fill(const SignaturePolicyEnvelope& envelope, common::SignaturePolicyEnvelope& out) {
  out.set_version(envelope.version);
  if (envelope.rule) fill(*envelope.rule, *out.mutable_rule());
  for (const MspPrincipal& p : envelope.identities) {
    auto& principal = *out.add_identities();
    principal.set_principal_classification(
        static_cast<common::MSPPrincipal::Classification>(p.classification));
    principal.set_principal(p.principal);
  }
}

SignaturePolicyEnvelope take(const common::SignaturePolicyEnvelope& in) {
  SignaturePolicyEnvelope envelope;
  envelope.version = in.version();
  if (in.has_rule()) envelope.rule = take(in.rule());
  for (const auto& p : in.identities()) {
    envelope.identities.push_back({p.principal_classification(), p.principal()});
  }
  return envelope;
}

void fill(const StaticCollectionConfig& config, protos::StaticCollectionConfig& out) {
  HS_ASSERT(is_valid_utf8(config.name));
  out.set_name(config.name);
  if (config.member_orgs_policy) {
    fill(*config.member_orgs_policy, *out.mutable_member_orgs_policy()->mutable_signature_policy());
  }
  out.set_required_peer_count(config.required_peer_count);
  out.set_maximum_peer_count(config.maximum_peer_count);
  out.set_block_to_live(config.block_to_live);
  out.set_member_only_read(config.member_only_read);
  out.set_member_only_write(config.member_only_write);
  if (config.endorsement_policy) {
    const auto error = parse_strict(*config.endorsement_policy, *out.mutable_endorsement_policy());
    HS_ASSERT_MSG(!error, "endorsement policy does not decode");
  }
}

StaticCollectionConfig take(protos::StaticCollectionConfig& in) {
  StaticCollectionConfig config;
  config.name = std::move(*in.mutable_name());
  if (in.has_member_orgs_policy() && in.member_orgs_policy().has_signature_policy()) {
    config.member_orgs_policy = take(in.member_orgs_policy().signature_policy());
  }
  config.required_peer_count = in.required_peer_count();
  config.maximum_peer_count = in.maximum_peer_count();
  config.block_to_live = in.block_to_live();
  config.member_only_read = in.member_only_read();
  config.member_only_write = in.member_only_write();
  if (in.has_endorsement_policy()) config.endorsement_policy = serialize(in.endorsement_policy());
  return config;
}

}  // namespace

std::string encode(const CollectionConfigPackage& package) {
  protos::CollectionConfigPackage proto;
  for (const StaticCollectionConfig& config : package) {
    fill(config, *proto.add_config()->mutable_static_collection_config());
  }
  return serialize(proto);
}

Result<CollectionConfigPackage, DecodeError> decode_collection_configs(std::string_view bytes) {
  protos::CollectionConfigPackage proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  CollectionConfigPackage package;
  for (auto& config : *proto.mutable_config()) {
    package.push_back(take(*config.mutable_static_collection_config()));
  }
  return package;
}

std::string encode_msp_role(std::string_view msp_id, std::int32_t role) {
  HS_ASSERT(is_valid_utf8(msp_id));
  common::MSPRole proto;
  proto.set_msp_identifier(std::string(msp_id));
  proto.set_role(static_cast<common::MSPRole::MSPRoleType>(role));
  return serialize(proto);
}

Result<std::string, DecodeError> decode_msp_role(std::string_view bytes) {
  common::MSPRole proto;
  if (const auto error = parse_strict(bytes, proto)) return Error{*error};
  return std::move(*proto.mutable_msp_identifier());
}

SignaturePolicyEnvelope signed_by_any_member(const std::vector<std::string>& msp_ids) {
  SignaturePolicyEnvelope envelope;
  SignaturePolicy::NOutOf one{1, {}};
  for (std::size_t i = 0; i < msp_ids.size(); ++i) {
    one.rules.push_back({static_cast<std::int32_t>(i)});
    envelope.identities.push_back({0, encode_msp_role(msp_ids[i], 0)});
  }
  envelope.rule = SignaturePolicy{std::move(one)};
  return envelope;
}

}  // namespace hearsay
