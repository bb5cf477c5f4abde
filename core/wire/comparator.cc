#include "core/wire/comparator.h"

#include <optional>
#include <string>

namespace hearsay {

namespace {

// What the stamp rule reads of a message: whom it speaks about (null: it does not say) and when.
struct Stamped {
  const std::string* pki_id;
  const std::optional<PeerTime>* stamp;

  bool sound() const { return pki_id != nullptr && stamp->has_value(); }
};

Stamped stamped(const AliveMessage& m) {
  return {m.membership ? &m.membership->pki_id : nullptr, &m.timestamp};
}
Stamped stamped(const StateInfo& m) { return {&m.pki_id, &m.timestamp}; }
Stamped stamped(const LeadershipMessage& m) { return {&m.pki_id, &m.timestamp}; }

template <typename T>
Comparison compare_stamped(const GossipMessage& incoming, const GossipMessage& stored) {
  const Stamped a = stamped(*incoming.get<T>());
  const Stamped b = stamped(*stored.get<T>());
  if (a.pki_id != nullptr && b.pki_id != nullptr && *a.pki_id != *b.pki_id) {
    return Comparison::kNoAction;
  }
  if (!a.sound()) return Comparison::kInvalidated;
  if (!b.sound()) return Comparison::kInvalidates;
  return compare_stamps(**a.stamp, **b.stamp);
}

Comparison compare_data(const DataMessage& incoming, const DataMessage& stored,
                        std::uint64_t capacity) {
  if (!incoming.payload) return Comparison::kInvalidated;
  if (!stored.payload) return Comparison::kInvalidates;
  return compare_blocks(incoming.payload->seq_num, stored.payload->seq_num, capacity);
}

}  // namespace

Comparison compare(const GossipMessage& incoming, const GossipMessage& stored,
                   std::uint64_t block_capacity) {
  if (incoming.kind() != stored.kind()) return Comparison::kNoAction;
  switch (incoming.kind()) {
    case ContentKind::kAlive:
      return compare_stamped<AliveMessage>(incoming, stored);
    case ContentKind::kStateInfo:
      return compare_stamped<StateInfo>(incoming, stored);
    case ContentKind::kLeadership:
      return compare_stamped<LeadershipMessage>(incoming, stored);
    case ContentKind::kPeerIdentity:
      // The first one wins; the certificate is not looked at.
      return incoming.get<PeerIdentity>()->pki_id == stored.get<PeerIdentity>()->pki_id
                 ? Comparison::kInvalidated
                 : Comparison::kNoAction;
    case ContentKind::kData:
      return compare_data(*incoming.get<DataMessage>(), *stored.get<DataMessage>(), block_capacity);
    default:
      return Comparison::kNoAction;
  }
}

Comparison compare(const Envelope& incoming, const Envelope& stored, std::uint64_t block_capacity) {
  if (incoming.kind() != stored.kind()) return Comparison::kNoAction;
  return compare(incoming.message(), stored.message(), block_capacity);
}

const char* comparison_name(Comparison comparison) {
  switch (comparison) {
    case Comparison::kNoAction:
      return "NoAction";
    case Comparison::kInvalidates:
      return "Invalidates";
    case Comparison::kInvalidated:
      return "Invalidated";
  }
  return "?";
}

}  // namespace hearsay
