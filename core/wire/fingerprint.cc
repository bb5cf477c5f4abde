#include "core/wire/fingerprint.h"

#include <string>
#include <variant>
#include <vector>

#include "core/base/hash.h"
#include "core/wire/envelope.h"

namespace hearsay {

namespace {

// Folds numbers and byte strings into one number; the order matters.
class Folder {
 public:
  void fold(std::uint64_t value) { state_ = mix64((state_ ^ value) + 0x9e37'79b9'7f4a'7c15); }
  void fold(const std::string& bytes) { fold(hash_bytes(bytes)); }
  void fold(const BlockBytes& bytes) { fold(bytes.fingerprint()); }
  void fold(bool value) { fold(std::uint64_t{value}); }
  void fold(PullMsgType value) { fold(static_cast<std::uint64_t>(value)); }
  void fold(const EnvelopeRef& envelope) { fold(envelope ? envelope->fingerprint() : 0); }
  template <typename T>
  void fold(const std::vector<T>& items) {
    fold(std::uint64_t{items.size()});
    for (const T& item : items)
      fold(item);
  }
  template <typename T>
  void fold(const std::optional<T>& part) {
    fold(part.has_value());
    if (part) fold(*part);
  }

  void fold(const std::monostate&) {}
  void fold(const EmptyMessage&) {}
  void fold(const Member& m) { fold_all(m.endpoint, m.metadata, m.pki_id); }
  void fold(const PeerTime& t) { fold_all(t.inc_num, t.seq_num); }
  void fold(const AliveMessage& m) { fold_all(m.membership, m.timestamp, m.identity); }
  void fold(const MembershipRequest& m) { fold_all(m.self_information, m.known); }
  void fold(const MembershipResponse& m) { fold_all(m.alive, m.dead); }
  void fold(const ConnEstablish& m) { fold_all(m.pki_id, m.identity, m.tls_cert_hash, m.probe); }
  void fold(const PeerIdentity& m) { fold_all(m.pki_id, m.cert, m.metadata); }
  void fold(const LeadershipMessage& m) { fold_all(m.pki_id, m.timestamp, m.is_declaration); }
  void fold(const Acknowledgement& m) { fold_all(m.error); }
  void fold(const Chaincode& c) { fold_all(c.name, c.version, c.metadata); }
  void fold(const Properties& p) { fold_all(p.ledger_height, p.left_channel, p.chaincodes); }
  void fold(const StateInfo& m) { fold_all(m.timestamp, m.pki_id, m.channel_mac, m.properties); }
  void fold(const StateInfoSnapshot& m) { fold_all(m.elements); }
  void fold(const StateInfoPullRequest& m) { fold_all(m.channel_mac); }
  void fold(const RemoteStateRequest& m) { fold_all(m.start_seq_num, m.end_seq_num); }
  void fold(const Payload& p) { fold_all(p.seq_num, p.data, p.private_data); }
  void fold(const RemoteStateResponse& m) { fold_all(m.payloads); }
  void fold(const DataMessage& m) { fold_all(m.payload); }
  void fold(const GossipHello& m) { fold_all(m.nonce, m.metadata, m.msg_type); }
  void fold(const Digests& d) { fold(d.fingerprint()); }
  void fold(const DataDigest& m) { fold_all(m.nonce, m.digests, m.msg_type); }
  void fold(const DataRequest& m) { fold_all(m.nonce, m.digests, m.msg_type); }
  void fold(const DataUpdate& m) { fold_all(m.nonce, m.data, m.msg_type); }
  void fold(const PrivatePayload& p) {
    fold_all(p.collection_name, p.name_space, p.tx_id, p.private_rwset, p.private_sim_height,
             p.collection_configs);
  }
  void fold(const PrivateDataMessage& m) { fold_all(m.payload); }
  void fold(const PvtDataDigest& d) {
    fold_all(d.tx_id, d.name_space, d.collection, d.block_seq, d.seq_in_block);
  }
  void fold(const RemotePvtDataRequest& m) { fold_all(m.digests); }
  void fold(const PvtDataElement& e) { fold_all(e.digest, e.payload); }
  void fold(const RemotePvtDataResponse& m) { fold_all(m.elements); }

  std::uint64_t result() const { return state_; }

 private:
  template <typename... Parts>
  void fold_all(const Parts&... parts) {
    (fold(parts), ...);
  }

  std::uint64_t state_ = 0;
};

}  // namespace

std::uint64_t content_fingerprint(const GossipMessage& message) {
  Folder folder;
  folder.fold(message.nonce);
  folder.fold(message.channel);
  folder.fold(static_cast<std::uint64_t>(message.tag));
  folder.fold(std::uint64_t{message.content.index()});
  std::visit([&](const auto& content) { folder.fold(content); }, message.content);
  return folder.result();
}

}  // namespace hearsay
