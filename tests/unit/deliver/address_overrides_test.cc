// Spec delivery.md A11 and config.md section 9, statement 8.
#include "core/deliver/address_overrides.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearsay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kCert =
    "-----BEGIN CERTIFICATE-----\nTUlJQjh6Q0NB\nWm1nQXdJQg==\n-----END CERTIFICATE-----\n";

LoadedOverrides load(std::vector<OverrideEntry> entries) {
  static const std::map<std::string, std::string> files = {
      {"ca.pem", kCert}, {"two.pem", kCert + "\n" + kCert}, {"key.pem", "no certificate"}};
  return load_overrides(entries, [](const std::string& path) -> std::optional<std::string> {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  });
}

TEST(AddressOverrides, TwoEntriesWithCertificatesAreTwo) {
  const auto loaded = load({{"a:1", "b:1", "ca.pem"}, {"c:1", "d:1", "two.pem"}});
  ASSERT_THAT(loaded.overrides, SizeIs(2));
  EXPECT_EQ(loaded.overrides.at("a:1").address, "b:1");
  EXPECT_THAT(loaded.overrides.at("a:1").root_certs, ElementsAre("TUlJQjh6Q0NBWm1nQXdJQg=="));
  EXPECT_THAT(loaded.overrides.at("c:1").root_certs, SizeIs(2));
  EXPECT_THAT(loaded.warnings, IsEmpty());
}

TEST(AddressOverrides, AnEntryWhoseFileIsUnreadableOrHoldsNoCertificateIsMissing) {
  const auto loaded =
      load({{"a:1", "b:1", "none.pem"}, {"c:1", "d:1", "ca.pem"}, {"e:1", "f:1", "key.pem"}});
  ASSERT_THAT(loaded.overrides, SizeIs(1));
  EXPECT_TRUE(loaded.overrides.contains("c:1"));
  EXPECT_THAT(loaded.warnings,
              ElementsAre(HasSubstr("cannot be read"), HasSubstr("holds no certificate")));
}

TEST(AddressOverrides, EntriesWithoutFileStay) {
  const auto loaded = load({{"a:1", "b:1"}, {"c:1", "d:1"}});
  EXPECT_THAT(loaded.overrides, SizeIs(2));
  EXPECT_THAT(loaded.overrides.at("a:1").root_certs, IsEmpty());
  EXPECT_THAT(load({}).overrides, IsEmpty());
}

TEST(AddressOverrides, BlocksOfOtherTypesAndBlocksWithHeadersAreSkipped) {
  EXPECT_THAT(
      pem_certificates("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" + kCert),
      SizeIs(1));
  EXPECT_THAT(pem_certificates("-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n"
                               "-----END CERTIFICATE-----\n"),
              IsEmpty());
  EXPECT_THAT(pem_certificates("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"),
              IsEmpty());
  EXPECT_THAT(pem_certificates("-----BEGIN CERTIFICATE-----\nAAAA\n"), IsEmpty());
  EXPECT_THAT(pem_certificates("-----BEGIN CERTIFICATE-----\n====\n-----END CERTIFICATE-----\n"),
              IsEmpty());
}

}  // namespace
}  // namespace hearsay
