// Spec delivery.md A13, statements 23 to 28: the endpoint source (connection_test.go).
#include "core/deliver/orderer_endpoints.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearsay::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Names = std::vector<std::string>;

struct Endpoints : testing::Test, OrdererEndpoints::Listener {
  explicit Endpoints(const std::vector<EndpointOverride>& overrides = {})
      : source(Random::root(1), overrides) {
    source.add(*this);
    source.update({}, both);
    calls = 0;
  }
  void on_endpoints_refreshed() override { ++calls; }

  Names addresses() const {
    Names found;
    for (const OrdererEndpointRef& e : source.all())
      found.push_back(e->address);
    return found;
  }
  std::vector<OrdererEndpointRef> held() const {
    return {source.all().begin(), source.all().end()};
  }
  static bool all_refreshed(const std::vector<OrdererEndpointRef>& old) {
    return std::ranges::all_of(old, [](const auto& e) { return e->refreshed(); });
  }
  static bool none_refreshed(const std::vector<OrdererEndpointRef>& old) {
    return std::ranges::none_of(old, [](const auto& e) { return e->refreshed(); });
  }
  // True when all of the old ones were refreshed and none of the new ones is.
  bool update(const Names& globals, const OrdererOrgs& orgs) {
    const auto old = held();
    const int before = calls;
    const bool changed = source.update(globals, orgs);
    EXPECT_EQ(calls - before, changed ? 1 : 0);
    EXPECT_EQ(changed || old.empty() ? all_refreshed(old) : none_refreshed(old), true);
    EXPECT_TRUE(none_refreshed(held()));
    return changed;
  }

  const OrdererOrgs both = {{"org1", {{"org1-1", "org1-2"}, {"root1", "inter1"}}},
                            {"org2", {{"org2-1", "org2-2"}, {"root2"}}}};
  const OrdererOrgs silent = {{"org1", {{}, {"root1"}}}, {"org2", {{}, {"root2"}}}};
  OrdererEndpoints source;
  int calls = 0;
};

TEST_F(Endpoints, s23_the_endpoints_of_all_orgs_come_with_their_own_certs) {
  EXPECT_THAT(addresses(), ElementsAre("org1-1", "org1-2", "org2-1", "org2-2"));
  EXPECT_THAT(source.all()[0]->root_certs, ElementsAre("root1", "inter1"));
  EXPECT_THAT(source.all()[3]->root_certs, ElementsAre("root2"));
  EXPECT_TRUE(none_refreshed(held()));
}

TEST_F(Endpoints, s23_any_of_them_is_picked) {
  std::set<std::string> picked;
  for (int i = 0; i < 200; ++i)
    picked.insert(source.random_endpoint().value()->address);
  EXPECT_EQ(picked.size(), 4u);
}

TEST(NoEndpoints, picking_is_an_error) {
  OrdererEndpoints none(Random::root(1));
  EXPECT_EQ(none.random_endpoint().error(), "no endpoints currently defined");
}

TEST_F(Endpoints, s24_the_same_update_leaves_the_same_objects) {
  const auto old = held();
  EXPECT_FALSE(update({}, both));
  for (std::size_t i = 0; i < old.size(); ++i)
    EXPECT_EQ(old[i], source.all()[i]);
}

TEST_F(Endpoints, s25_a_change_of_one_orgs_certs_refreshes_all) {
  OrdererOrgs changed = both;
  changed["org2"].root_certs = {"root3"};
  EXPECT_TRUE(update({}, changed));
  EXPECT_THAT(source.all()[3]->root_certs, ElementsAre("root3"));
  EXPECT_EQ(addresses().size(), 4u);
}

TEST_F(Endpoints, s25_a_change_of_one_address_refreshes_all) {
  OrdererOrgs changed = both;
  changed["org1"].addresses[1] = "org1-9";
  EXPECT_TRUE(update({}, changed));
  EXPECT_THAT(addresses(), ElementsAre("org1-1", "org1-9", "org2-1", "org2-2"));
}

TEST_F(Endpoints, s25_removal_of_an_org_refreshes_all_and_re_adding_restores) {
  OrdererOrgs changed = both;
  changed.erase("org2");
  EXPECT_TRUE(update({}, changed));
  EXPECT_THAT(addresses(), ElementsAre("org1-1", "org1-2"));
  EXPECT_TRUE(update({}, both));
  EXPECT_THAT(addresses(), ElementsAre("org1-1", "org1-2", "org2-1", "org2-2"));
}

struct Overridden : Endpoints {
  Overridden()
      : Endpoints(
            {{"org1-2", "nowhere", ""}, {"org1-2", "elsewhere", "other"}, {"global1", "far", ""}}) {
  }
};

TEST_F(Overridden, s26_an_org_address_is_remapped_with_the_certs_of_the_override) {
  EXPECT_THAT(addresses(), ElementsAre("org1-1", "elsewhere", "org2-1", "org2-2"));
  EXPECT_THAT(source.all()[1]->root_certs, ElementsAre("other"));
  EXPECT_FALSE(update({}, both));
}

TEST_F(Overridden, s26_a_global_address_is_remapped_and_refreshes_with_every_update) {
  EXPECT_TRUE(update({"global1", "global2"}, silent));
  EXPECT_THAT(addresses(), ElementsAre("far", "global2"));
  EXPECT_THAT(source.all()[0]->root_certs, IsEmpty());
  EXPECT_TRUE(update({"global1", "global2"}, silent)) << "Fabric's quirk";
}

TEST_F(Endpoints, s27_without_org_addresses_the_global_ones_count_with_all_certs) {
  EXPECT_TRUE(update({"global1", "global2"}, silent));
  EXPECT_THAT(addresses(), ElementsAre("global1", "global2"));
  EXPECT_THAT(source.all()[1]->root_certs, UnorderedElementsAre("root1", "root2"));
  EXPECT_FALSE(update({"global2", "global1"}, silent)) << "order does not matter";
}

TEST_F(Endpoints, s27_growing_shrinking_or_replacing_the_global_list_refreshes_all) {
  EXPECT_TRUE(update({"global1", "global2"}, silent));
  EXPECT_TRUE(update({"global1", "global2", "global3"}, silent));
  EXPECT_TRUE(update({"global1"}, silent));
  EXPECT_TRUE(update({"global9"}, silent));
  EXPECT_TRUE(update({}, silent));
  EXPECT_THAT(addresses(), IsEmpty());
}

TEST_F(Endpoints, s27_equally_many_duplicates_do_not_count_as_a_change) {
  EXPECT_TRUE(update({"global1", "global2"}, silent));
  EXPECT_FALSE(update({"global1", "global1"}, silent)) << "Fabric's quirk";
  EXPECT_THAT(addresses(), ElementsAre("global1", "global2"));
}

TEST_F(Endpoints, s28_an_org_address_that_appears_switches_to_org_addresses_only) {
  EXPECT_TRUE(update({"global1", "global2"}, silent));
  OrdererOrgs one = silent;
  one["org2"].addresses = {"org2-1"};
  EXPECT_TRUE(update({"global1", "global2"}, one));
  EXPECT_THAT(addresses(), ElementsAre("org2-1"));
  EXPECT_FALSE(update({"global1", "global2", "global3"}, one)) << "global ones are ignored";
}

TEST_F(Endpoints, an_address_of_two_orgs_has_double_weight_and_one_number) {
  OrdererOrgs shared = both;
  shared["org2"].addresses = {"org1-1"};
  EXPECT_TRUE(update({}, shared));
  EXPECT_THAT(addresses(), ElementsAre("org1-1", "org1-2", "org1-1"));
  EXPECT_EQ(source.all()[0]->number, 0u);
  EXPECT_EQ(source.all()[2]->number, 0u);
  EXPECT_TRUE(update({}, both));
  EXPECT_EQ(source.all()[3]->number, 3u) << "numbers last";
}

}  // namespace
}  // namespace hearsay::test
