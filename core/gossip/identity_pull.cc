#include "core/gossip/identity_pull.h"

#include <algorithm>
#include <utility>

#include "core/wire/signing.h"

namespace hearsay {

namespace {

PullMediator::Options options_of(const Config& config) {
  return {.type = PullMsgType::kIdentity,
          .tag = Tag::kEmpty,
          .channel = {},
          .peers_per_round = static_cast<std::uint32_t>(std::max(0, config.pull_peer_num)),
          .waits = {.interval = config.pull_interval,
                    .digest = config.digest_wait_time,
                    .request = config.request_wait_time,
                    .response = config.response_wait_time}};
}

}  // namespace

IdentityPull::IdentityPull(Context& context, const View& view, IdentityMapper& identities,
                           Comm& comm)
    : context_(context),
      view_(view),
      identities_(identities),
      comm_(comm),
      mediator_(context.clock, context.random.fork("identity_pull"), options_of(context.config),
                *this),
      own_(make_own()) {
  // Fabric: fatal. A node without a key has nothing to advertise, and nobody lets it in.
  if (own_) mediator_.add(own_);
}

EnvelopeRef IdentityPull::make_own() const {
  GossipMessage message;
  // Quirk: a bare identity message would need the tag ORG_ONLY; inside an update nobody looks.
  message.tag = Tag::kEmpty;
  message.content =
      PeerIdentity{context_.pki_id(), context_.directory.identity(context_.self()), ""};
  return context_.sign(std::move(message));
}

void IdentityPull::start() { mediator_.start(context_.first_delay(context_.config.pull_interval)); }

void IdentityPull::adopt(const Past& past) {
  mediator_.reserve(past.members.size());
  for (std::size_t i = 0; i < past.members.size(); ++i) {
    const EnvelopeRef& identity = past.members[i].identity;
    if (identity && past.knows(context_.directory, context_.self(), peer_index(i))) add(identity);
  }
}

void IdentityPull::on_message(const Received& message) {
  if (const auto* update = message.envelope->message().get<DataUpdate>()) {
    for (const EnvelopeRef& item : update->data) {
      if (const auto reason = fault(*item)) {
        return context_.trace_rejected(message.from, *message.envelope, *reason);
      }
    }
    // Their names, so that items have an id even if the mapper refuses them.
    for (const EnvelopeRef& item : update->data) {
      if (context_.directory.subject(*item) != kNoPeer) continue;
      const auto& identity = *item->message().get<PeerIdentity>();
      const std::string org = context_.crypto.org_of(identity.cert);
      context_.directory.intern_peer(identity.pki_id, identity.cert,
                                     org.empty() ? kNoOrg : context_.directory.intern_org(org));
    }
  }
  mediator_.on_message(message);
}

// --- 9. what comes in

std::optional<RejectReason> IdentityPull::fault(const Envelope& item) const {
  const auto* identity = item.message().get<PeerIdentity>();
  if (item.malformed() || identity == nullptr) return RejectReason::kForeignContent;
  if (identity->pki_id.empty()) return RejectReason::kMissingPkiId;
  // That the PKI-ID is the certificate's and that the signature holds depends on the bytes alone,
  // so it is found out once for all nodes that get this envelope.
  if (item.signature_memo() == SignatureMemo::kUnchecked) {
    if (context_.crypto.pki_id_of(identity->cert) != identity->pki_id) {
      return RejectReason::kBadIdentity;
    }
    const auto check = [&](std::string_view signature, std::string_view payload) {
      return context_.crypto.verify(identity->cert, signature, payload);
    };
    item.set_signature_memo(verify_envelope(&item, check) == VerifyError::kNone
                                ? SignatureMemo::kGood
                                : SignatureMemo::kBad);
  }
  if (item.signature_memo() != SignatureMemo::kGood) return RejectReason::kBadSignature;
  if (context_.crypto.validate_identity(identity->cert) != IdentityVerdict::kValid) {
    return RejectReason::kBadIdentity;
  }
  return std::nullopt;
}

void IdentityPull::consume(const Received& update, const EnvelopeRef& item) {
  const auto& identity = *item->message().get<PeerIdentity>();
  const IdentityMapper::Put put = identities_.put(identity.pki_id, identity.cert);
  if (put.outcome != PutOutcome::kKnown) {
    context_.trace_rejected(update.from, *item, RejectReason::kBadIdentity);
  }
}

std::optional<PullId> IdentityPull::id_of(const Envelope& item) const {
  if (item.kind() != ContentKind::kPeerIdentity) return std::nullopt;
  const PeerIndex owner = context_.directory.subject(item);
  if (owner == kNoPeer) return std::nullopt;
  return PullId::of(owner);
}

// --- ids on the wire

PullIds IdentityPull::read_digest(const Digests& digests) {
  PullIds ids;
  if (same_names(digests)) {
    ids.peers() = digests.set()->members();
    return ids;
  }
  std::vector<std::uint64_t> numbers;
  digests.for_each([&](std::string_view pki_id) {
    const PeerIndex peer = context_.directory.find_peer(pki_id);
    if (peer != kNoPeer) {
      ids.add(PullId::of(peer));
    } else {
      add_stranger(pki_id, numbers);
    }
  });
  ids.add_numbers(std::move(numbers));
  return ids;
}

void IdentityPull::add_stranger(std::string_view pki_id, std::vector<std::uint64_t>& numbers) {
  auto it = stranger_of_.find(pki_id);
  if (it == stranger_of_.end()) {
    if (strangers_.size() >= kMaxStrangers) return;
    it = stranger_of_.emplace(std::string(pki_id), strangers_.size()).first;
    strangers_.emplace_back(pki_id);
  }
  numbers.push_back(it->second);
}

void IdentityPull::round_ended() {
  strangers_.clear();
  stranger_of_.clear();
}

void IdentityPull::read_request(const Digests& digests, std::vector<PullId>& out) {
  if (same_names(digests)) {
    return digests.set()->members().for_each([&](PeerIndex p) { out.push_back(PullId::of(p)); });
  }
  digests.for_each([&](std::string_view pki_id) {
    const PeerIndex peer = context_.directory.find_peer(pki_id);
    if (peer != kNoPeer) out.push_back(PullId::of(peer));
  });
}

Digests IdentityPull::write(const PullIds& ids) {
  if (ids.numbers().empty()) {
    return Digests(make_ref<IndexSet>(ids.peers(), context_.directory));
  }
  std::vector<std::string> strings;
  ids.for_each([&](PullId id) {
    strings.push_back(id.is_peer ? context_.directory.pki_id(id.peer()) : strangers_[id.value]);
  });
  return strings;
}

// --- whom, and who may see what

void IdentityPull::select_peers(std::uint32_t k, Random& random, std::vector<PeerIndex>& out) {
  view_.alive_set().sample(
      k, random, [](PeerIndex) { return true; }, out);
}

PullShare IdentityPull::share_with(const Received& asker) const {
  const OrgIndex org = identities_.org_of(asker.from);
  if (org == kNoOrg) return PullShare::kNothing;
  return org == context_.org() ? PullShare::kAll : PullShare::kSome;
}

bool IdentityPull::shows(PullId id, const Received& asker) const {
  if (!id.is_peer) return false;
  const PeerIndex owner = id.peer();
  const OrgIndex org = identities_.org_of(owner);
  if (org == kNoOrg) return false;
  if (org != context_.org() && org != identities_.org_of(asker.from)) return false;
  // Those held for dead count as long as they are not forgotten.
  return owner == context_.self() ? !context_.identity.external_endpoint.empty()
                                  : view_.has_external_endpoint(owner);
}

}  // namespace hearsay
