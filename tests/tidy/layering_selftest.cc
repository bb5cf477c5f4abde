#include <gtest/gtest.h>

#include "tests/tidy/layering.h"

namespace hearsay::tidy {
namespace {

Findings layers_in(const std::string& path, const std::string& text) {
  return check_layers({path, text});
}

Findings libraries_in(const std::string& path, const std::string& text) {
  return check_libraries({path, text});
}

TEST(TidyLayering, IncludingDownwardsAndInsideARoomIsFine) {
  EXPECT_EQ(layers_in("core/gossip/comm.h", "#include \"core/base/time.h\"\n"), Findings{});
  EXPECT_EQ(layers_in("core/gossip/comm.h", "#include \"core/gossip/view.h\"\n"), Findings{});
  EXPECT_EQ(layers_in("tests/unit/x_test.cc", "#include \"sim/cli/main.h\"\n"), Findings{});
}

TEST(TidyLayering, IncludingUpwardsIsFoundWithItsLine) {
  const Findings found = layers_in("core/wire/codec.cc", "// a\n#include \"core/gossip/comm.h\"\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].line, 2);
  EXPECT_EQ(found[0].message, "includes \"core/gossip/comm.h\"; core/wire may include core/base");
}

TEST(TidyLayering, TheWorldDoesNotKnowTheEngines) {
  EXPECT_EQ(layers_in("sim/world/world.h", "#include \"core/node/node.h\"\n").size(), 1U);
  EXPECT_EQ(layers_in("sim/fault/crash.cc", "#include \"core/gossip/comm.h\"\n").size(), 1U);
}

TEST(TidyLayering, AnalysisKnowsNoSimulator) {
  EXPECT_EQ(layers_in("analysis/stats.cc", "#include \"sim/run/runner.h\"\n").size(), 1U);
  EXPECT_EQ(layers_in("analysis/stats.cc", "#include \"core/wire/message.h\"\n").size(), 1U);
  EXPECT_EQ(layers_in("sim/run/runner.cc", "#include \"analysis/stats.h\"\n").size(), 1U);
  EXPECT_EQ(layers_in("sim/cli/main.cc", "#include \"analysis/stats.h\"\n"), Findings{});
}

TEST(TidyLayering, NothingOutsideTestsIncludesTests) {
  EXPECT_EQ(layers_in("sim/cli/main.cc", "#include \"tests/support/x.h\"\n").size(), 1U);
}

TEST(TidyLayering, OwnHeadersAreIncludedRelativeToTheRoot) {
  EXPECT_EQ(layers_in("core/base/time.cc", "#include \"time.h\"\n").size(), 1U);
  EXPECT_EQ(layers_in("core/base/time.cc", "#include \"../base/time.h\"\n").size(), 1U);
}

TEST(TidyLayering, ARoomThatIsNotInTheTableIsFound) {
  EXPECT_EQ(layers_in("sim/magic/x.cc", "#include \"core/base/time.h\"\n").size(), 1U);
}

TEST(TidyLayering, IncludesInCommentsAndStringsAreNone) {
  EXPECT_EQ(layers_in("core/base/a.h", "// #include \"sim/run/x.h\"\n"), Findings{});
  EXPECT_EQ(layers_in("core/base/a.h", "auto x = R\"(\n#include \"sim/run/x.h\"\n)\";\n"),
            Findings{});
  EXPECT_EQ(layers_in("core/base/a.h", "  #  include \"sim/run/x.h\"\n").size(), 1U);
}

TEST(TidyLayering, SimGridIsKnownToItsBridgeAlone) {
  EXPECT_EQ(libraries_in("sim/run/runner.cc", "#include <simgrid/s4u.hpp>\n").size(), 1U);
  EXPECT_EQ(libraries_in("core/base/time.h", "#include <xbt/log.h>\n").size(), 1U);
  EXPECT_EQ(libraries_in("sim/simgrid/driver.cc", "#include <simgrid/s4u.hpp>\n"), Findings{});
}

TEST(TidyLayering, JsonIsKnownToFewPlaces) {
  EXPECT_EQ(libraries_in("core/wire/message.cc", "#include <nlohmann/json.hpp>\n").size(), 1U);
  EXPECT_EQ(libraries_in("analysis/stats.cc", "#include <nlohmann/json.hpp>\n").size(), 1U);
  EXPECT_EQ(libraries_in("analysis/report_json.cc", "#include <nlohmann/json.hpp>\n"), Findings{});
}

TEST(TidyLayering, ProtobufIsKnownToTheCodecAlone) {
  EXPECT_EQ(libraries_in("core/wire/message.cc", "#include \"core/wire/gossip.pb.h\"\n").size(),
            1U);
  EXPECT_EQ(libraries_in("sim/net/x.cc", "#include <google/protobuf/arena.h>\n").size(), 1U);
  EXPECT_EQ(libraries_in("core/wire/codec.cc", "#include \"core/wire/gossip.pb.h\"\n"), Findings{});
}

TEST(TidyLayering, CoreDoesNoInputOrOutput) {
  for (const char* header : {"iostream", "fstream", "filesystem"}) {
    const std::string text = "#include <" + std::string(header) + ">\n";
    EXPECT_EQ(libraries_in("core/trace/sink.cc", text).size(), 1U) << header;
    EXPECT_EQ(libraries_in("sim/run/trace_file.cc", text), Findings{}) << header;
  }
}

TEST(TidyLayering, ThereAreNoThreadsBelowRun) {
  EXPECT_EQ(libraries_in("sim/world/world.cc", "#include <thread>\n").size(), 1U);
  EXPECT_EQ(libraries_in("core/base/ref.h", "#include <atomic>\n").size(), 1U);
  EXPECT_EQ(libraries_in("sim/cli/main.cc", "#include <atomic>\n"), Findings{});
}

TEST(TidyLayering, HeadersThatDoNotExistAreFound) {
  const std::set<std::string> paths = {"core/base/time.h", "core/wire/gossip.proto"};
  auto check = [&](const std::string& text) {
    return check_includes_exist({"core/wire/codec.cc", text}, paths).size();
  };
  EXPECT_EQ(check("#include \"core/base/time.h\"\n"), 0U);
  EXPECT_EQ(check("#include \"core/wire/gossip.pb.h\"\n"), 0U);
  EXPECT_EQ(check("#include \"core/base/tyme.h\"\n"), 1U);
  EXPECT_EQ(check("#include \"core/wire/other.pb.h\"\n"), 1U);
}

}  // namespace
}  // namespace hearsay::tidy
