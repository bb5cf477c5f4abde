#include "core/base/ref.h"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace hearsay {
namespace {

class Counted final : public RefCounted<Counted> {
 public:
  explicit Counted(int& alive) : alive_(alive) { ++alive_; }
  ~Counted() { --alive_; }
  int value = 0;

 private:
  int& alive_;
};

TEST(Ref, TheObjectLivesAsLongAsOneRefDoes) {
  int alive = 0;
  {
    Ref<Counted> a = make_ref<Counted>(alive);
    {
      Ref<Counted> b = a;
      Ref<Counted> c(std::move(b));
      EXPECT_FALSE(b);  // NOLINT: what a moved-from Ref is, is the question
      EXPECT_EQ(a, c);
    }
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

TEST(Ref, AssignmentLetsGoOfTheOldObject) {
  int alive = 0;
  Ref<Counted> a = make_ref<Counted>(alive);
  Ref<Counted> b = make_ref<Counted>(alive);
  a = b;
  EXPECT_EQ(alive, 1);
  a = *&a;
  EXPECT_EQ(alive, 1);
  b = nullptr;
  EXPECT_EQ(alive, 1);
  a.reset();
  EXPECT_EQ(alive, 0);
}

TEST(Ref, ConvertsToAConstRefOfTheSameObject) {
  int alive = 0;
  Ref<const Counted> constant;
  {
    Ref<Counted> a = make_ref<Counted>(alive);
    a->value = 5;
    constant = a;
  }
  EXPECT_EQ(constant->value, 5);
  constant.reset();
  EXPECT_EQ(alive, 0);
}

TEST(Ref, DetachAndAdoptMoveTheCountThroughAPlainPointer) {
  int alive = 0;
  Ref<Counted> a = make_ref<Counted>(alive);
  Counted* plain = a.detach();
  EXPECT_FALSE(a);
  EXPECT_EQ(alive, 1);
  Ref<Counted> b = Ref<Counted>::adopt(plain);
  EXPECT_EQ(alive, 1);
  b.reset();
  EXPECT_EQ(alive, 0);
}

TEST(Ref, ManyRefsInAContainerCountCorrectly) {
  int alive = 0;
  std::vector<Ref<Counted>> refs(100, make_ref<Counted>(alive));
  refs.erase(refs.begin(), refs.begin() + 99);
  EXPECT_EQ(alive, 1);
  refs.clear();
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace hearsay
