#include "core/wire/digests.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/wire/codec.h"
#include "core/wire/describe.h"
#include "core/wire/envelope.h"
#include "core/wire/wire_size.h"

namespace hearsay {
namespace {

using Strings = std::vector<std::string>;

// Index i is called i times 'a', so that names have many lengths and one is empty.
class Names final : public IdNames {
 public:
  Names() {
    for (std::size_t i = 0; i < 300; ++i)
      names_.emplace_back(i, 'a');
  }
  std::string_view id_of(PeerIndex index) const override {
    ++asked_;
    return names_[raw(index)];
  }
  int asked() const { return asked_; }

 private:
  Strings names_;
  mutable int asked_ = 0;
};

const Names kNames;

IndexSetRef set_of(std::initializer_list<std::uint32_t> members) {
  IndexBits bits;
  for (const std::uint32_t i : members)
    bits.set(i);
  return make_ref<IndexSet>(std::move(bits), kNames);
}

EnvelopeRef digest_of(Digests digests) {
  GossipMessage message;
  message.tag = Tag::kEmpty;
  message.content = DataDigest{7, std::move(digests), PullMsgType::kIdentity};
  return Envelope::unsigned_of(std::move(message));
}

TEST(Digests, ASetEncodesToTheBytesOfItsStringsInAscendingOrder) {
  const EnvelopeRef set = digest_of(Digests(set_of({200, 0, 3, 127, 128})));
  const EnvelopeRef strings = digest_of(Digests(
      Strings{"", "aaa", std::string(127, 'a'), std::string(128, 'a'), std::string(200, 'a')}));
  EXPECT_EQ(encode_envelope(*set), encode_envelope(*strings));
  EXPECT_EQ(set->wire_size(), strings->wire_size());
  EXPECT_EQ(set->fingerprint(), strings->fingerprint());
  EXPECT_EQ(describe(*set), describe(*strings));
  EXPECT_EQ(describe(*set),
            "DataDig.identity EMPTY n=7 items=[-,616161,61616161,61616161,61616161]");
  EXPECT_EQ(set->message().get<DataDigest>()->digests,
            strings->message().get<DataDigest>()->digests);
}

TEST(Digests, AReceiverOfTheBytesHoldsStrings) {
  const auto received = decode_envelope(encode_envelope(*digest_of(Digests(set_of({1, 2})))));
  const Digests& digests = received.value()->message().get<DataDigest>()->digests;
  EXPECT_FALSE(digests.set());
  EXPECT_EQ(digests, (Strings{"a", "aa"}));
}

TEST(Digests, OrderAndNumberMatter) {
  const auto print = [](Strings ids) { return Digests(std::move(ids)).fingerprint(); };
  EXPECT_NE(print({"a", "b"}), print({"b", "a"}));
  EXPECT_NE(print({"a", "a"}), print({"a"}));
  EXPECT_NE(print({""}), print({}));
  EXPECT_EQ(Digests(set_of({})).fingerprint(), Digests().fingerprint());
  EXPECT_FALSE(Digests({"a", "b"}) == Digests({"b", "a"}));
}

TEST(Digests, EmptyHoweverHeld) {
  EXPECT_TRUE(Digests().empty());
  EXPECT_TRUE(Digests(set_of({})).empty());
  EXPECT_EQ(Digests(set_of({})).encoded_size(), 0u);
  EXPECT_EQ(Digests(set_of({5, 9})).size(), 2u);
  EXPECT_EQ(Digests({"x"}).size(), 1u);
}

TEST(Digests, AMessageWithASetExpandsNothing) {
  const IndexSetRef set = set_of({10, 20, 30});
  const std::uint64_t print = set->fingerprint();
  const int before = kNames.asked();
  const EnvelopeRef first = digest_of(Digests(set)), second = digest_of(Digests(set));
  EXPECT_EQ(first->fingerprint(), second->fingerprint());
  EXPECT_EQ(set->fingerprint(), print);
  EXPECT_EQ(kNames.asked(), before);
}

}  // namespace
}  // namespace hearsay
