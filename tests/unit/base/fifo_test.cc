#include "core/base/fifo.h"

#include <deque>
#include <memory>

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace hearsay {
namespace {

TEST(Fifo, AgreesWithADeque) {
  Random random = Random::root(1);
  Fifo<int> fifo;
  std::deque<int> model;
  for (int step = 0; step < 20'000; ++step) {
    const std::uint32_t what = random.below(20);
    if (what < 10) {
      fifo.push_back(step);
      model.push_back(step);
    } else if (what < 19 && !model.empty()) {
      fifo.pop_front();
      model.pop_front();
    } else if (what == 19 && random.below(50) == 0) {
      fifo.clear();
      model.clear();
    }
    ASSERT_EQ(fifo.empty(), model.empty());
    ASSERT_EQ(fifo.size(), model.size());
    ASSERT_TRUE(std::equal(fifo.begin(), fifo.end(), model.begin(), model.end()));
    if (model.empty()) continue;
    const std::size_t i = random.below(static_cast<std::uint32_t>(model.size()));
    ASSERT_EQ(fifo.front(), model.front());
    ASSERT_EQ(fifo[i], model[i]);
  }
}

TEST(Fifo, LetsGoOfWhatIsPopped) {
  Fifo<std::shared_ptr<int>> fifo;
  const auto held = std::make_shared<int>(7);
  fifo.push_back(held);
  fifo.push_back(held);
  fifo.pop_front();
  EXPECT_EQ(held.use_count(), 2);
  fifo.pop_front();
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace hearsay
