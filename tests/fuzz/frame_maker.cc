#include "tests/fuzz/frame_maker.h"

#include <algorithm>
#include <utility>

#include "core/base/hash.h"
#include "core/wire/codec.h"
#include "core/wire/tags.h"
#include "sim/world/node_clock.h"
#include "tests/support/hex.h"
#include "tests/support/random_message.h"
#include "tests/support/vectors.h"

namespace hearsay::test {

namespace {

constexpr std::size_t kOverheard = 256;
constexpr const char* kChannel = "ch1";

// The tag that is legal for this content, or what Fabric uses.
Tag right_tag(const GossipMessage& message) {
  switch (message.kind()) {
    case ContentKind::kData:
    case ContentKind::kLeadership:
      return Tag::kChanAndOrg;
    case ContentKind::kPeerIdentity:
      return Tag::kOrgOnly;
    case ContentKind::kHello:
    case ContentKind::kDataDig:
    case ContentKind::kDataReq:
    case ContentKind::kDataUpdate:
      return get_pull_msg_type(message) == PullMsgType::kBlock ? Tag::kChanAndOrg : Tag::kEmpty;
    case ContentKind::kStateInfo:
    case ContentKind::kStateSnapshot:
    case ContentKind::kStateInfoPullReq:
    case ContentKind::kStateRequest:
    case ContentKind::kStateResponse:
      return Tag::kChanOrOrg;
    case ContentKind::kPrivateReq:
    case ContentKind::kPrivateRes:
    case ContentKind::kPrivateData:
      return Tag::kChanOnly;
    default:
      return Tag::kEmpty;
  }
}

// The payloads of the recorded vectors; read once, a fuzzer makes many makers.
const std::vector<std::string>& recorded_payloads() {
  static const std::vector<std::string> payloads = [] {
    std::vector<std::string> all;
    for (const auto& vector : load_vectors("decode")) {
      all.push_back(from_hex(vector["input_hex"].get<std::string>()));
    }
    for (const auto& vector : load_vectors("wire")) {
      if (!vector.contains("envelope_hex")) continue;
      const auto envelope = decode_envelope(from_hex(vector["envelope_hex"].get<std::string>()));
      if (envelope.ok()) all.push_back(envelope.value()->payload());
    }
    return all;
  }();
  return payloads;
}

}  // namespace

FrameMaker::FrameMaker(Stage& stage, Random random)
    : stage_(stage), random_(random), vectors_(recorded_payloads()) {
  for (std::size_t i = 0; i < stage.size(); ++i) {
    personas_.push_back(stage.persona(peer_index(i)));
  }
}

void FrameMaker::overhear(const EnvelopeRef& frame) {
  if (overheard_.size() < kOverheard) {
    overheard_.push_back(frame);
  } else {
    overheard_[next_overheard_++ % kOverheard] = frame;
  }
}

EnvelopeRef FrameMaker::make(PeerIndex attacker) {
  const auto kind = static_cast<ContentKind>(random_.below(kContentKinds));
  const std::uint32_t pick = random_.below(20);
  if (pick < 7) return seal(attacker, encode_message(sound(attacker, kind)));
  if (pick < 11) return seal(attacker, mutate(encode_message(sound(attacker, kind))));
  if (pick < 14) return seal(attacker, encode_message(random_message(random_, kind)));
  if (pick < 15) return seal(attacker, any_of(vectors_));
  if (pick < 16) return seal(attacker, mutate(any_of(vectors_)));
  if (pick < 18) return replayed(attacker);
  if (pick < 19) return nested(attacker);
  return seal(attacker, random_bytes(random_, random_.below(100)));
}

EnvelopeRef FrameMaker::make_hello(PeerIndex attacker) {
  if (one_in(4)) return make(attacker);
  ConnEstablish hello{personas_[raw(attacker)].pki_id, personas_[raw(attacker)].identity, "",
                      one_in(8)};
  switch (random_.below(8)) {
    case 0:
      hello.pki_id = somebody(attacker).pki_id;
      break;
    case 1:
      hello.identity = somebody(attacker).identity;
      break;
    case 2:
      hello.identity = mutate(hello.identity);
      break;
    case 3:
      hello.pki_id = random_bytes(random_, random_.below(40));
      break;
    case 4:
      hello.tls_cert_hash = random_bytes(random_, 32);
      break;
    default:
      break;
  }
  std::string payload = encode_message(with_tag(Tag::kEmpty, std::move(hello)));
  return seal(attacker, one_in(3) ? mutate(std::move(payload)) : std::move(payload));
}

EnvelopeRef FrameMaker::seal(PeerIndex attacker, std::string payload) {
  std::string signature;
  const std::uint32_t pick = random_.below(10);
  if (pick < 7) {
    signature = stage_.key(attacker).sign(payload);
  } else if (pick == 7) {
    signature = random_bytes(random_, random_.below(100));
  } else if (pick == 8) {
    signature = stage_.key(attacker).sign(payload + "x");
  }
  std::unique_ptr<SecretEnvelope> secret;
  if (one_in(4)) {
    secret = std::make_unique<SecretEnvelope>();
    secret->payload = encode_secret(personas_[raw(attacker)].internal_endpoint);
    if (one_in(4)) secret->payload = mutate(std::move(secret->payload));
    secret->signature =
        one_in(4) ? random_bytes(random_, 10) : stage_.key(attacker).sign(secret->payload);
  }
  // Field 100 holds the varint 3.
  std::string unknown = one_in(20) ? from_hex("a00603") : "";
  return Envelope::received(std::move(payload), std::move(signature), std::move(secret),
                            std::move(unknown));
}

std::string FrameMaker::mutate(std::string bytes) {
  const std::uint32_t changes = 1 + random_.below(3);
  for (std::uint32_t i = 0; i < changes; ++i) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    const std::uint32_t at = size == 0 ? 0 : random_.below(size);
    const std::uint32_t length = size == 0 ? 0 : random_.below(std::min(size - at, 16u) + 1);
    switch (random_.below(7)) {
      case 0:
        if (size > 0) bytes[at] = static_cast<char>(bytes[at] ^ (1 << random_.below(8)));
        break;
      case 1:
        if (size > 0) bytes[at] = static_cast<char>(random_.below(256));
        break;
      case 2:
        bytes.insert(at, random_bytes(random_, 1 + random_.below(8)));
        break;
      case 3:
        bytes.erase(at, length);
        break;
      case 4:
        bytes.insert(at, std::string(bytes, at, length));
        break;
      case 5:
        bytes.resize(at);
        break;
      default: {
        const std::string& other = any_of(vectors_);
        if (other.empty()) break;
        const std::uint32_t from = random_.below(static_cast<std::uint32_t>(other.size()));
        bytes.insert(at, other, from, 32);
      }
    }
  }
  return bytes;
}

EnvelopeRef FrameMaker::replayed(PeerIndex attacker) {
  if (overheard_.empty()) return seal(attacker, any_of(vectors_));
  const EnvelopeRef& frame = any_of(overheard_);
  if (one_in(2)) return frame;
  if (one_in(2)) return seal(attacker, mutate(frame->payload()));
  return from_payload(mutate(frame->payload()), frame->signature());
}

EnvelopeRef FrameMaker::nested(PeerIndex attacker) {
  EnvelopeRef inner = element(attacker);
  const std::uint32_t depth = 1 + random_.below(6);
  for (std::uint32_t i = 0; i < depth; ++i) {
    GossipMessage outer;
    switch (random_.below(4)) {
      case 0:
        outer = membership_request(std::move(inner));
        break;
      case 1:
        outer = membership_response({inner}, {inner});
        break;
      case 2:
        outer = with_tag(Tag::kChanOrOrg, StateInfoSnapshot{{inner, inner}}, kChannel);
        break;
      default:
        outer = with_tag(Tag::kChanAndOrg, DataUpdate{7, {inner}, PullMsgType::kBlock}, kChannel);
    }
    std::string payload = encode_message(outer);
    inner = seal(attacker, one_in(6) ? mutate(std::move(payload)) : std::move(payload));
  }
  return inner;
}

// --- messages that are true to form

GossipMessage FrameMaker::sound(PeerIndex attacker, ContentKind kind) {
  GossipMessage message;
  message.content = sound_content(attacker, kind);
  message.tag = one_in(20) ? static_cast<Tag>(random_.below(8)) : right_tag(message);
  if (one_in(10)) message.nonce = random_.next64();
  if (is_channel_restricted(message.tag)) message.channel = one_in(20) ? "other" : kChannel;
  return message;
}

Content FrameMaker::sound_content(PeerIndex attacker, ContentKind kind) {
  switch (kind) {
    case ContentKind::kAlive:
      return alive(attacker);
    case ContentKind::kMemReq:
      if (one_in(10)) return MembershipRequest{};
      return MembershipRequest{
          one_in(5) ? element(attacker)
                    : signed_by(stage_.key(attacker), alive_message(somebody(attacker), stamp())),
          {}};
    case ContentKind::kMemRes:
      return MembershipResponse{elements(attacker, ContentKind::kAlive),
                                elements(attacker, ContentKind::kAlive)};
    case ContentKind::kConn:
      return ConnEstablish{somebody(attacker).pki_id, somebody(attacker).identity, "", one_in(2)};
    case ContentKind::kHello:
      return GossipHello{random_.next64(), "", pull_type()};
    case ContentKind::kDataDig:
      return DataDigest{random_.next64(), {"1", "2", "x"}, pull_type()};
    case ContentKind::kDataReq:
      return DataRequest{random_.next64(), {"1", "99999999999999999999"}, pull_type()};
    case ContentKind::kDataUpdate: {
      DataUpdate update{random_.next64(), elements(attacker, ContentKind::kData), pull_type()};
      if (one_in(4))
        update.data.push_back(plain(with_tag(Tag::kChanAndOrg, DataMessage{}, kChannel)));
      return update;
    }
    case ContentKind::kPeerIdentity:
      return PeerIdentity{somebody(attacker).pki_id, somebody(attacker).identity, ""};
    case ContentKind::kNone:
    case ContentKind::kEmpty:
    case ContentKind::kAck:
    case ContentKind::kPrivateReq:
    case ContentKind::kPrivateRes:
    case ContentKind::kPrivateData:
      return random_message(random_, kind).content;
    default:
      return channel_content(attacker, kind);
  }
}

Content FrameMaker::channel_content(PeerIndex attacker, ContentKind kind) {
  switch (kind) {
    case ContentKind::kData:
      if (one_in(10)) return DataMessage{};
      return DataMessage{block()};
    case ContentKind::kStateInfo:
      return state_info_of(attacker);
    case ContentKind::kStateSnapshot:
      return StateInfoSnapshot{elements(attacker, ContentKind::kStateInfo)};
    case ContentKind::kStateInfoPullReq: {
      // The channel is found by the MAC of the connection's peer.
      const Persona& who = somebody(attacker);
      return StateInfoPullRequest{sha256_bytes(who.pki_id, kChannel)};
    }
    case ContentKind::kStateRequest:
      return RemoteStateRequest{random_u64(random_), random_u64(random_)};
    case ContentKind::kStateResponse:
      return RemoteStateResponse{{block(), block()}};
    default: {
      LeadershipMessage declaration{somebody(attacker).pki_id, stamp(), one_in(2)};
      if (one_in(8)) declaration.timestamp.reset();
      if (one_in(8)) declaration.pki_id.clear();
      return declaration;
    }
  }
}

Content FrameMaker::alive(PeerIndex attacker) {
  const Persona& who = somebody(attacker);
  AliveMessage content{Member{who.external_endpoint, "", who.pki_id}, stamp(), who.identity};
  switch (random_.below(12)) {
    case 0:
      content.membership.reset();
      break;
    case 1:
      content.timestamp.reset();
      break;
    case 2:
      content.membership->pki_id.clear();
      break;
    case 3:
      content.identity.clear();
      break;
    case 4:
      content.identity =
          personas_[random_.below(static_cast<std::uint32_t>(personas_.size()))].identity;
      break;
    case 5:
      content.membership->endpoint = random_text(random_, 20);
      break;
    case 6:
      content.membership->metadata = random_bytes(random_, 200);
      break;
    default:
      break;
  }
  return content;
}

Content FrameMaker::state_info_of(PeerIndex attacker) {
  const Persona& who = somebody(attacker);
  StateInfo info = *state_info(who, kChannel, stamp(), random_u64(random_)).get<StateInfo>();
  switch (random_.below(10)) {
    case 0:
      info.timestamp.reset();
      break;
    case 1:
      info.properties.reset();
      break;
    case 2:
      info.pki_id.clear();
      break;
    case 3:
      info.channel_mac = random_bytes(random_, 32);
      break;
    case 4:
      info.properties->left_channel = true;
      break;
    case 5:
      info.properties->chaincodes = {Chaincode{"cc", random_text(random_, 8), ""}};
      break;
    default:
      break;
  }
  return info;
}

EnvelopeRef FrameMaker::element(PeerIndex attacker) {
  const auto pick = random_.below(6);
  if (pick == 0) return random_envelope(random_);
  if (pick == 1 && !overheard_.empty()) return any_of(overheard_);
  if (pick == 2) return seal(attacker, random_bytes(random_, random_.below(20)));
  const auto kind = static_cast<ContentKind>(random_.below(kContentKinds));
  // Lists of lists only grow; nested() goes deep.
  const bool flat = kind == ContentKind::kData || kind == ContentKind::kStateInfo ||
                    kind == ContentKind::kLeadership || kind == ContentKind::kEmpty;
  return seal(attacker, encode_message(sound(attacker, flat ? kind : ContentKind::kAlive)));
}

// Mostly of the kind the list is for.
std::vector<EnvelopeRef> FrameMaker::elements(PeerIndex attacker, ContentKind kind) {
  std::vector<EnvelopeRef> list(random_.below(4));
  for (EnvelopeRef& item : list) {
    item = one_in(6) ? element(attacker) : seal(attacker, encode_message(sound(attacker, kind)));
  }
  return list;
}

Payload FrameMaker::block() {
  // Around the height of the first peer, where all the rules about numbers are near.
  const sim::ChainStore* chain =
      stage_.cluster().chain(PeerIndex{0}, stage_.directory().find_channel(kChannel));
  const BlockNum height = chain == nullptr ? 1 : chain->height();
  // No malformed private data in a block the orderers signed: Fabric's committer loses the number
  // of such a block for good, and so does ours (tests/fabric, hazard 17.1).
  Payload block = stage_.block(kChannel, std::max<BlockNum>(height, 3) - 2 + random_.below(5));
  switch (random_.below(8)) {
    case 0:
      block.seq_num = random_u64(random_);
      break;
    case 1:
      block.data = mutate(std::move(block.data));
      break;
    case 2:
      block.data = {};
      break;
    default:
      break;
  }
  return block;
}

// Mostly newer than all before; never so new that all later ones are old.
PeerTime FrameMaker::stamp() {
  if (one_in(6)) return {random_.below64(sim::kUnixEpoch), random_u64(random_)};
  return {sim::kUnixEpoch, ++sequence_};
}

// Mostly the attacker itself.
const Persona& FrameMaker::somebody(PeerIndex attacker) {
  return one_in(5) ? any_of(personas_) : personas_[raw(attacker)];
}

}  // namespace hearsay::test
