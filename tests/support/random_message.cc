#include "tests/support/random_message.h"

#include <utility>

#include "core/base/assert.h"
#include "core/wire/codec.h"
#include "tests/support/hex.h"

namespace hearsay {

namespace {

// Envelopes inside envelopes that a random message holds at most; below kMaxEnvelopeDepth.
constexpr int kDeepest = 2;

// Names for the members of random index sets, of many lengths, all different.
class ManyNames final : public IdNames {
 public:
  static constexpr std::uint32_t kCount = 300;

  ManyNames() {
    Random random = Random::root(7).fork("names");
    for (std::uint32_t i = 0; i < kCount; ++i)
      names_.push_back(std::to_string(i) + random_bytes(random, random.below(40)));
  }
  std::string_view id_of(PeerIndex index) const override { return names_[raw(index)]; }

 private:
  std::vector<std::string> names_;
};

class Maker {
 public:
  explicit Maker(Random& random) : random_(random) {}

  GossipMessage message(ContentKind kind, int depth) {
    GossipMessage m;
    m.nonce = maybe() ? number() : 0;
    m.channel = maybe() ? bytes() : "";
    m.tag = tag();
    m.content = content(kind, depth);
    return m;
  }

  EnvelopeRef envelope(int depth) {
    const auto kind = static_cast<ContentKind>(random_.below(kContentKinds));
    // One draw a statement: the order in which arguments are evaluated is the compiler's choice.
    const std::uint32_t pick = random_.below(6);
    GossipMessage m = message(kind, depth);
    if (pick == 0) return Envelope::unsigned_of(std::move(m));
    std::string signature = bytes();
    std::unique_ptr<SecretEnvelope> sealed = secret();
    if (pick == 1) {
      return Envelope::received("\xff garbage", std::move(signature), std::move(sealed), "");
    }
    std::string payload = encode_message(m);
    if (pick == 2) {
      // Field 100 holds the varint 3; field 99 holds one byte.
      std::string unknown = from_hex(maybe() ? "a00603" : "9a060101a00603");
      return Envelope::received(std::move(payload), std::move(signature), std::move(sealed),
                                std::move(unknown));
    }
    return Envelope::signed_of(std::move(m), std::move(payload), std::move(signature),
                               std::move(sealed));
  }

 private:
  bool maybe() { return random_.below(2) == 0; }
  std::uint64_t number() { return random_u64(random_); }

  std::size_t length() {
    static constexpr std::size_t kSteps[] = {0, 1, 126, 127, 128, 129, 300};
    if (random_.below(4) == 0) return kSteps[random_.below(7)];
    if (random_.below(200) == 0) return 16380 + random_.below(8);
    return random_.below(40);
  }
  std::string bytes() { return random_bytes(random_, length()); }
  std::string text() { return random_text(random_, length()); }

  Tag tag() {
    const std::uint32_t pick = random_.below(10);
    if (pick < 6) return static_cast<Tag>(pick);
    if (pick == 6) return static_cast<Tag>(static_cast<std::int32_t>(random_.next32()));
    return Tag::kEmpty;
  }
  PullMsgType pull_type() {
    const std::uint32_t pick = random_.below(12);
    return static_cast<PullMsgType>(pick < 3    ? static_cast<std::int32_t>(pick)
                                    : pick == 3 ? static_cast<std::int32_t>(random_.next32())
                                                : 1 + static_cast<std::int32_t>(pick % 2));
  }

  template <typename F>
  auto list(F&& make) {
    std::vector<decltype(make())> items(random_.below(2) == 0 ? 0 : random_.below(5));
    for (auto& item : items)
      item = make();
    return items;
  }
  std::vector<std::string> byte_list() {
    return list([&] { return bytes(); });
  }
  // In either form: strings, or a set with names.
  Digests digests() {
    if (maybe()) return byte_list();
    static const ManyNames kNames;
    IndexBits members;
    for (std::uint32_t left = random_.below(2) == 0 ? 3 : random_.below(200); left > 0; --left)
      members.set(random_.below(ManyNames::kCount));
    return Digests(make_ref<IndexSet>(std::move(members), kNames));
  }
  std::vector<EnvelopeRef> envelopes(int depth) {
    if (depth >= kDeepest) return {};
    return list([&] { return envelope(depth + 1); });
  }
  template <typename F>
  auto optional(F&& make) -> std::optional<decltype(make())> {
    if (random_.below(4) == 0) return std::nullopt;
    return make();
  }
  std::optional<PeerTime> stamp() {
    return optional([&] { return PeerTime{number(), number()}; });
  }
  std::unique_ptr<SecretEnvelope> secret() {
    if (maybe()) return nullptr;
    auto secret = std::make_unique<SecretEnvelope>();
    secret->payload = maybe() ? encode_secret(text()) : bytes();
    secret->signature = bytes();
    if (random_.below(4) == 0) secret->unknown_fields = from_hex("a00603");
    return secret;
  }
  Payload payload() { return {number(), bytes(), byte_list()}; }
  PvtDataDigest digest() { return {text(), text(), text(), number(), number()}; }
  Properties properties() {
    return {number(), maybe(), list([&] { return Chaincode{text(), text(), bytes()}; })};
  }
  std::optional<std::string> collection_configs() {
    // An empty package; one recorded from Fabric.
    static const std::string kPackages[] = {
        "", from_hex("0a190a170a05636f6c6c4112060a04120208001801200228643001")};
    if (random_.below(3) == 0) return std::nullopt;
    return kPackages[random_.below(2)];
  }

  Content content(ContentKind kind, int depth) {
    switch (kind) {
      case ContentKind::kNone:
        return std::monostate{};
      case ContentKind::kAlive:
        return AliveMessage{optional([&] {
                              return Member{text(), bytes(), bytes()};
                            }),
                            stamp(), bytes()};
      case ContentKind::kMemReq:
        return MembershipRequest{depth < kDeepest && maybe() ? envelope(depth + 1) : nullptr,
                                 byte_list()};
      case ContentKind::kMemRes:
        return MembershipResponse{envelopes(depth), envelopes(depth)};
      case ContentKind::kData:
        return DataMessage{optional([&] { return payload(); })};
      case ContentKind::kHello:
        return GossipHello{number(), bytes(), pull_type()};
      case ContentKind::kDataDig:
        return DataDigest{number(), digests(), pull_type()};
      case ContentKind::kDataReq:
        return DataRequest{number(), digests(), pull_type()};
      case ContentKind::kDataUpdate:
        return DataUpdate{number(), envelopes(depth), pull_type()};
      case ContentKind::kEmpty:
        return EmptyMessage{};
      case ContentKind::kConn:
        return ConnEstablish{bytes(), bytes(), bytes(), maybe()};
      default:
        return later_content(kind, depth);
    }
  }

  Content later_content(ContentKind kind, int depth) {
    switch (kind) {
      case ContentKind::kStateInfo:
        return StateInfo{stamp(), bytes(), bytes(), optional([&] { return properties(); })};
      case ContentKind::kStateSnapshot:
        return StateInfoSnapshot{envelopes(depth)};
      case ContentKind::kStateInfoPullReq:
        return StateInfoPullRequest{bytes()};
      case ContentKind::kStateRequest:
        return RemoteStateRequest{number(), number()};
      case ContentKind::kStateResponse:
        return RemoteStateResponse{list([&] { return payload(); })};
      case ContentKind::kLeadership:
        return LeadershipMessage{bytes(), stamp(), maybe()};
      case ContentKind::kPeerIdentity:
        return PeerIdentity{bytes(), bytes(), bytes()};
      case ContentKind::kAck:
        return Acknowledgement{text()};
      case ContentKind::kPrivateReq:
        return RemotePvtDataRequest{list([&] { return digest(); })};
      case ContentKind::kPrivateRes:
        return RemotePvtDataResponse{list([&] {
          return PvtDataElement{optional([&] { return digest(); }), byte_list()};
        })};
      case ContentKind::kPrivateData:
        return PrivateDataMessage{optional([&] {
          return PrivatePayload{text(), text(), text(), bytes(), number(), collection_configs()};
        })};
      default:
        HS_ASSERT_MSG(false, "no such kind");
        return std::monostate{};
    }
  }

  Random& random_;
};

}  // namespace

GossipMessage random_message(Random& random) {
  return random_message(random, static_cast<ContentKind>(random.below(kContentKinds)));
}

GossipMessage random_message(Random& random, ContentKind kind) {
  return Maker(random).message(kind, 0);
}

EnvelopeRef random_envelope(Random& random) { return Maker(random).envelope(0); }

std::string random_bytes(Random& random, std::size_t length) {
  std::string bytes(length, '\0');
  for (char& c : bytes)
    c = static_cast<char>(random.below(256));
  return bytes;
}

std::string random_text(Random& random, std::size_t length) {
  static constexpr std::string_view kPieces[] = {
      "a", "Z", "7", ".", ":", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\x7F"};
  std::string text;
  while (text.size() < length)
    text += kPieces[random.below(9)];
  return text;
}

std::uint64_t random_u64(Random& random) {
  const std::uint32_t bits = random.below(65);
  if (bits == 0) return 0;
  const std::uint64_t top = std::uint64_t{1} << (bits - 1);
  return top | (random.next64() & (top - 1));
}

}  // namespace hearsay
