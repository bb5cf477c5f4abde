// BareNode: a Context for testing one engine that sends nothing itself.
#pragma once

#include <string_view>

#include "core/base/assert.h"
#include "core/gossip/context.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_crypto.h"
#include "tests/support/recording_sink.h"

namespace hearsay::test {

// A Transport that must not be used.
class UnusedTransport : public Transport {
 public:
  ConnId dial(std::string_view) override { return refuse(), kNoConn; }
  void ping(ConnId) override { refuse(); }
  void open_stream(ConnId) override { refuse(); }
  bool write(ConnId, const EnvelopeRef&) override { return refuse(), false; }
  bool write_fails(ConnId) const override { return refuse(), true; }
  ConnTag* tag(ConnId) override { return refuse(), nullptr; }
  void close(ConnId) override { refuse(); }

 private:
  static void refuse() { HS_ASSERT_MSG(false, "this test has no network"); }
};

// The node is peer 0 of the directory, of organisation "org1".
struct BareNode {
  explicit BareNode(const Config& settings = {})
      : config(settings),
        crypto(authority, fake_identity("org1", "self")),
        context({.self = directory.intern_peer(pki_id_of_identity(fake_identity("org1", "self")),
                                               fake_identity("org1", "self"),
                                               directory.intern_org("org1")),
                 .org = OrgIndex{0},
                 .internal_endpoint = "self:7051",
                 .external_endpoint = ""},
                config, directory, clock, transport, crypto, sink, Random::root(1)) {}

  const Config config;
  Directory directory;
  FakeClock clock;
  UnusedTransport transport;
  FakeAuthority authority;
  FakeCrypto crypto;
  RecordingSink sink;
  Context context;
};

}  // namespace hearsay::test
