// Any text as a scenario: it is refused with complaints, or its canonical form reads back the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "sim/scenario/load.h"
#include "sim/scenario/resolve.h"

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace scenario = hearsay::scenario;
  scenario::LoadOptions options;
  options.rules.check_files = false;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto loaded = scenario::load_scenario_text(text, "fuzz.json", "/", options);
  if (!loaded.ok()) {
    HS_ASSERT(!loaded.error().empty());
    for (const scenario::Complaint& complaint : loaded.error()) {
      HS_ASSERT(complaint.text().find('\n') == std::string::npos);
    }
    return 0;
  }
  const std::string canonical = scenario::to_json(loaded.value());
  const auto again = scenario::load_scenario_text(canonical, "fuzz.json", "/", options);
  HS_ASSERT_MSG(again.ok(), "the canonical form of a scenario is refused");
  HS_ASSERT(scenario::to_json(again.value()) == canonical);
  return 0;
}
