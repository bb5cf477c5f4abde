// DeliverService: the delivery of all channels of one peer.
//
// Mirrors core/deliverservice/deliveryclient.go of Fabric v2.5.4 (one service object per channel
// there, with a map inside; one for all here), or of v1.x, by the version asked for.
//
// Quirk: delivery that ended by itself is still registered, and a new start() fails, until stop().
// Whoever elects leaders does that as the finaliser makes it yield; for a static leader nobody
// does.
//
// Divergence: Fabric v1.x refuses a channel without endpoints when the service is made; here
// start() does.
//
// The finaliser of a start that was superseded by a newer one before it was called is dropped: it
// would make the new leadership yield.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/deliver/deliver_loop.h"
#include "core/deliver/deliver_version.h"
#include "core/deliver/orderer_endpoints.h"
#include "core/gossip/context.h"
#include "core/ports/delivery.h"
#include "core/ports/orderer.h"

namespace hearsay {

struct DeliverOptions {
  DeliverVersion version = DeliverVersion::kV2;
  // peer.tls.clientAuthRequired, and the client's certificate as DER; "" cannot be used. v1.1 and
  // later of v1.x bind the stream to the certificate whenever there is one, v1.0 never.
  bool client_auth_required = false;
  std::string client_certificate{};
};

class DeliverService final : public Delivery, private DeliverLoopListener, private TimerHandler {
 public:
  // All outlive it. A static leader (org_leader of the context's Config) never gives up.
  DeliverService(Context& context, BlockSource& source, DeliverTarget& target,
                 DeliverOptions options = {});
  DeliverService(const DeliverService&) = delete;
  DeliverService& operator=(const DeliverService&) = delete;
  ~DeliverService();

  Result<bool> start(std::string_view channel, std::function<void()> finaliser) override;
  Result<bool> stop(std::string_view channel) override;
  void stop_all() override;

  // Where the channel's orderers are: to be updated with every configuration of the channel, also
  // before it is started. None until then.
  OrdererEndpoints& endpoints(std::string_view channel);

 private:
  struct Entry {
    std::function<void()> finaliser;  // empty once it is due
    std::unique_ptr<DeliverLoop> loop;
  };
  // A finaliser that is to be called, and a loop that nobody needs any more.
  struct Due {
    std::string channel;
    std::function<void()> finaliser;  // empty: none, or superseded
    std::unique_ptr<DeliverLoop> loop;
  };

  Result<std::string> tls_cert_hash() const;
  std::unique_ptr<DeliverLoop> make_loop(std::string_view channel, std::string hash);
  void on_deliver_end(DeliverLoop& loop, bool finalise) override;
  void on_timer(TimerKind kind, std::uint32_t cookie) override;
  void later(Due due);

  Context& context_;
  BlockSource& source_;
  DeliverTarget& target_;
  const DeliverOptions options_;
  bool stopping_ = false;
  std::map<std::string, std::unique_ptr<OrdererEndpoints>, std::less<>> endpoints_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::deque<Due> due_;
  Timer timer_;
};

}  // namespace hearsay
