// Spec delivery.md A13, statements 19 to 22 (deliveryclient_test.go), with A3, A8 and A9.
#include "core/deliver/deliver_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "tests/support/deliver_stage.h"

namespace hearsay::test {
namespace {

using namespace literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct Service : testing::Test, DeliverStage {
  explicit Service(DeliverOptions options = {})
      : service(context, source, target, std::move(options)) {
    for (const char* name : {"a", "b", "ch"})
      serve(service, name);
  }
  static void serve(DeliverService& served, const char* name) {
    served.endpoints(name).update({}, {{"org0", {{"orderer0:7050"}, {}}}});
  }
  std::function<void()> finaliser(std::string name) {
    return [this, name] { final_calls.push_back(name); };
  }
  bool start(const std::string& name) { return service.start(name, finaliser(name)).ok(); }

  DeliverService service;
  std::vector<std::string> final_calls;
};

TEST_F(Service, s19_with_client_auth_the_hash_of_the_certificate_is_sent) {
  DeliverService bound(context, source, target,
                       {.client_auth_required = true, .client_certificate = "DER"});
  serve(bound, "ch");
  EXPECT_TRUE(bound.start("ch", {}).ok());
  EXPECT_EQ(header_of(0).tls_cert_hash, sha256_bytes("DER"));
}

TEST_F(Service, s19_without_client_auth_the_hash_is_empty) {
  DeliverService free(context, source, target, {.client_certificate = "DER"});
  serve(free, "ch");
  EXPECT_TRUE(free.start("ch", {}).ok());
  EXPECT_EQ(header_of(0).tls_cert_hash, "");
}

TEST_F(Service, s19_an_unusable_certificate_starts_and_registers_nothing) {
  DeliverService bound(context, source, target, {.client_auth_required = true});
  EXPECT_FALSE(bound.start("ch", {}).ok());
  EXPECT_FALSE(bound.stop("ch").ok()) << "there is nothing to stop";
  EXPECT_THAT(source.attempts, IsEmpty());
}

TEST_F(Service, s19_a_ledger_error_runs_the_finaliser_and_the_entry_stays) {
  target.height = std::nullopt;
  EXPECT_TRUE(start("ch"));
  EXPECT_THAT(final_calls, IsEmpty()) << "never from inside start";
  run_for(0);
  EXPECT_THAT(final_calls, ElementsAre("ch"));
  EXPECT_EQ(ended(DeliverEnd::kLedgerUnreadable), 1u);
  EXPECT_FALSE(start("ch")) << "it is there still";
  EXPECT_TRUE(service.stop("ch").ok());
  EXPECT_TRUE(start("ch"));
  run_for(1_s);
  EXPECT_THAT(final_calls, ElementsAre("ch", "ch")) << "once for each start";
}

TEST_F(Service, s20_a_second_start_fails) {
  EXPECT_TRUE(start("ch"));
  EXPECT_EQ(service.start("ch", {}).error(),
            "Delivery service - block provider already exists for ch found, can't start delivery");
  EXPECT_THAT(source.attempts, SizeIs(1));
}

TEST_F(Service, s20_a_start_after_stop_fails) {
  service.stop_all();
  EXPECT_EQ(service.start("ch", {}).error(),
            "Delivery service is stopping cannot join a new channel ch");
  EXPECT_EQ(service.stop("ch").error(),
            "Delivery service is stopping, cannot stop delivery for channel ch");
}

TEST_F(Service, s20_a_stop_of_an_unknown_channel_fails) {
  EXPECT_EQ(service.stop("ch").error(),
            "Delivery service - no block provider for ch found, can't stop delivery");
}

TEST_F(Service, s21_stopping_one_channel_signals_and_removes_that_one_only) {
  EXPECT_TRUE(start("a") && start("b"));
  run_for(1_s);
  EXPECT_TRUE(service.stop("a").ok());
  EXPECT_FALSE(service.stop("a").ok());
  EXPECT_FALSE(start("b")) << "it is there still";
  EXPECT_EQ(source.running(), 1u);
  EXPECT_THAT(final_calls, IsEmpty()) << "never from inside stop";
  run_for(1_s);
  EXPECT_THAT(final_calls, ElementsAre("a"));
}

TEST_F(Service, s22_stop_signals_all) {
  EXPECT_TRUE(start("a") && start("b"));
  run_for(1_s);
  service.stop_all();
  service.stop_all();
  EXPECT_EQ(ended(DeliverEnd::kStopped), 2u);
  EXPECT_EQ(source.running(), 0u);
  run_for(1_s);
  EXPECT_THAT(final_calls, ElementsAre("a", "b"));
}

// A8.
TEST_F(Service, the_finaliser_of_a_superseded_start_is_dropped) {
  int first = 0, second = 0;
  EXPECT_TRUE(service.start("ch", [&] { ++first; }).ok());
  EXPECT_TRUE(service.stop("ch").ok());
  EXPECT_TRUE(service.start("ch", [&] { ++second; }).ok());
  run_for(1_s);
  EXPECT_EQ(first, 0) << "it would make the new leadership yield";
  EXPECT_EQ(source.running(), 1u);
  EXPECT_TRUE(service.stop("ch").ok());
  run_for(1_s);
  EXPECT_EQ(second, 1);
}

// As elections do: the finaliser makes the leader yield, which stops the delivery.
TEST_F(Service, a_finaliser_may_stop_and_start) {
  target.height = std::nullopt;
  int calls = 0;
  EXPECT_TRUE(service
                  .start("ch",
                         [&] {
                           ++calls;
                           EXPECT_TRUE(service.stop("ch").ok());
                           target.height = 3;
                           EXPECT_TRUE(start("ch"));
                         })
                  .ok());
  run_for(1_s);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(source.running(), 1u);
  EXPECT_THAT(final_calls, IsEmpty());
  EXPECT_EQ(seek_of(0), seek_from(3));
}

TEST_F(Service, a_finaliser_may_supersede_another_that_is_due) {
  target.height = std::nullopt;
  EXPECT_TRUE(service
                  .start("a",
                         [&] {
                           EXPECT_TRUE(service.stop("b").ok());
                           target.height = 3;
                           EXPECT_TRUE(start("b"));
                         })
                  .ok());
  EXPECT_TRUE(start("b"));
  run_for(1_s);
  EXPECT_EQ(source.running(), 1u);
  EXPECT_THAT(final_calls, IsEmpty());
}

TEST_F(Service, a_service_that_goes_calls_nobody) {
  {
    DeliverService brief(context, source, target);
    serve(brief, "ch");
    EXPECT_TRUE(brief.start("ch", finaliser("ch")).ok());
    EXPECT_TRUE(brief.stop("ch").ok());
  }
  run_for(1_s);
  EXPECT_THAT(final_calls, IsEmpty());
  EXPECT_EQ(clock.timers_armed(), 0u);
}

struct MappedService : testing::Test, DeliverStage {
  static Config mapped() {
    Config config = usual();
    config.deliver_address_overrides = {{"orderer0:7050", "elsewhere:1", "ca.pem"}};
    return config;
  }
  MappedService() : DeliverStage(mapped()) {}
};

TEST_F(MappedService, overrides_are_those_of_the_configuration) {
  DeliverService service(context, source, target);
  Service::serve(service, "ch");
  EXPECT_TRUE(service.start("ch", {}).ok());
  EXPECT_EQ(source.attempts[0].endpoint, "elsewhere:1");
}

}  // namespace
}  // namespace hearsay::test
