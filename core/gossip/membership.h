// Membership: the process that keeps a View of who is there (Fabric calls it discovery).
//
// Mirrors gossip/discovery/discovery_impl.go and the discovery adapters of
// gossip/gossip/gossip_impl.go of Fabric v2.5.4. Spec: discovery.md; section numbers in the source
// are that page's. Where that page calls for the rule of Fabric's main branch ("known but in
// neither map") this is the rule taken.
//
//              learn (alive, request, response)
//   Unknown ----------------------------------> Alive
//      |  ^                                     |   ^
//      |  |  store expiry, identity switch      |   |  newer alive message
//      |  +-------------------------------------+   |
//      |  |                 silence, presumed dead  v   |
//      |  +-------------------------------------- Dead -+
//      +-- named dead by a response -------------->
//
// Every handler runs to completion and none is called from inside another: links and gossiper only
// enqueue. Alive messages, membership requests and responses come through on_message after the node
// found their tag legal and (requests) request_is_genuine. Inputs that crash Fabric are rejected,
// counted and survived.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/gossip/anchor_tracker.h"
#include "core/gossip/comm.h"
#include "core/gossip/context.h"
#include "core/gossip/disclosure.h"
#include "core/gossip/gossiper.h"
#include "core/gossip/identity.h"
#include "core/gossip/membership_connector.h"
#include "core/gossip/membership_links.h"
#include "core/gossip/membership_own_alive.h"
#include "core/gossip/past.h"
#include "core/gossip/view.h"

namespace hearsay {

// What is known of one member (Fabric: NetworkMember).
struct NetworkMember {
  PeerIndex peer = kNoPeer;
  std::string endpoint;  // external
  std::string metadata;
  std::string pki_id;
  std::string internal_endpoint;
  EnvelopeRef envelope;                    // only where the query says so
  std::optional<Properties> properties{};  // as a member of a channel; else none

  const std::string& preferred_endpoint() const {
    return internal_endpoint.empty() ? endpoint : internal_endpoint;
  }
  // "Endpoint: E, InternalEndpoint: I, PKI-ID: <hex>, Metadata: <hex>"
  std::string describe() const;
};

// A peer that a channel's configuration names for everybody to contact.
struct ChannelAnchor {
  OrgIndex org = kNoOrg;  // which lists it
  std::string endpoint;   // host:port
};

class Membership final : public TimerHandler {
 public:
  // REQUIRES: endpoint_fault(internal endpoint) is empty. Everything given must outlive the object.
  Membership(Context& context, View& view, IdentityMapper& mapper, MembershipLinks& links,
             Gossiper& gossiper);

  // What is wrong with a node's internal endpoint; "" when nothing is: it must be host:port, with
  // exactly one colon (so no IPv6 literal) and a port of at most 65535.
  static std::string endpoint_fault(std::string_view internal_endpoint);

  // Fills the view with whom `past` says this node knows. REQUIRES: before start(), in a settled
  // node whose empty view and mapper this is.
  void adopt(const Past& past);
  // Starts the periodic work: heartbeat, expiry check, reconnect, store sweep, sync.
  void start();
  // Ends it, and pending first contacts. Idempotent. What is known stays; messages are ignored from
  // now on.
  void stop();

  // --- Upcalls. --------------------------------------------------------------------------------

  // Takes an AliveMsg, MemReq or MemRes; anything else, or no message, is ignored.
  void on_message(const Received& received);
  // Comm could not reach a peer it had a connection with.
  void on_presumed_dead(PeerIndex peer);
  // A peer replaced its identity; `old_peer` is who it was. It is forgotten at once.
  void on_identity_switch(PeerIndex old_peer);
  void on_probe_done(std::uint32_t cookie, bool ok);
  void on_handshake_done(std::uint32_t cookie, PeerIndex peer, bool ok) {
    connector_.on_handshake_done(cookie, peer, ok);
  }
  void on_timer(TimerKind kind, std::uint32_t cookie) override;

  // May a membership request be believed? Its self information decodes, is an alive message with
  // membership, and names the peer at the far end of the connection. On false `why` (may be null)
  // gets the reason to count.
  static bool request_is_genuine(const Directory& directory, const Received& request,
                                 RejectReason* why = nullptr);

  // --- Active. ---------------------------------------------------------------------------------

  // Contacts a bootstrap peer: its identity must be of our organisation. A bootstrap endpoint is
  // never forgotten by store expiry.
  void connect_bootstrap(std::string_view endpoint);
  // Contacts an anchor peer that a channel lists for `declared_org`. Skipped: no host, port 0, our
  // own endpoints, and anchors of other organisations when we have no external endpoint.
  void connect_anchor(std::string_view endpoint, OrgIndex declared_org);
  // Contacts an endpoint without asking who it is; it gets no secret.
  void connect(std::string_view endpoint);
  // Asks `n` random alive members for their views. Does nothing, and signs nothing, when there is
  // none.
  void initiate_sync(std::int32_t n);
  // Contacts each of the anchor peers that a channel lists.
  void learn_anchors(std::span<const ChannelAnchor> anchors);
  // Who is at an endpoint that is in here is never forgotten by store expiry.
  AnchorTracker& anchor_tracker() { return anchor_tracker_; }

  // --- Queries and updates. --------------------------------------------------------------------

  // A copy of what is known of `peer`, alive or dead; our own data, with the internal endpoint, for
  // ourselves. Without envelope.
  std::optional<NetworkMember> lookup(PeerIndex peer) const;
  // Ourselves without internal endpoint, with an unsigned alive message. Quirk: takes a sequence
  // number.
  NetworkMember self();
  // All alive members with their last messages, ascending; empty when stopped. For tests and
  // reports: engines read the View.
  std::vector<NetworkMember> members() const;
  // Others learn the new value with the next alive message built.
  void update_metadata(std::string_view metadata) { own_alive_.set_metadata(metadata); }
  void update_endpoint(std::string_view endpoint) { own_alive_.set_endpoint(endpoint); }

  std::uint64_t incarnation() const { return own_alive_.incarnation(); }
  std::uint64_t sequence() const { return own_alive_.sequence(); }

 private:
  struct Ping {
    PeerIndex peer = kNoPeer;
    std::string endpoint;
    bool pending = false;
  };

  // Receiving (membership_receive.cc).
  void on_alive(const Received& received);
  void on_request(const Received& received);
  void on_response(const Received& received);
  // One element of a response. False: do not process the rest of the response.
  bool on_alive_element(const Received& response, const EnvelopeRef& element);
  bool on_dead_element(const Received& response, const EnvelopeRef& element);
  void respond(PeerIndex requester, const Envelope& self_info, std::uint64_t nonce);
  // What makes a decoded message unusable as an alive message, before anything else is asked of it.
  // Null stands for a nested envelope that is not there.
  static std::optional<RejectReason> alive_fault(const Envelope* envelope);
  // The same, for the receiver of an element: counts the fault. True when there is one.
  bool is_faulty(PeerIndex from, const Envelope* envelope, const Envelope& outer) const;
  // Who signed this alive message, if its signature holds; else kNoPeer, and the reason is counted.
  PeerIndex validate(PeerIndex from, const Envelope& alive);

  // Member states.
  void learn(PeerIndex subject, const EnvelopeRef& alive);
  void expire(std::span<const PeerIndex> silent, DeathCause cause);

  // Periodic work.
  void heartbeat();
  void check_alive();
  void reconnect();
  void ping_done();
  void sweep_store();
  void sync();
  bool never_forgotten(const Envelope& alive) const;
  bool is_fixed_point(std::string_view endpoint) const;

  void send_request(PeerIndex to, std::string_view endpoint, const EnvelopeRef& request) {
    links_.send_to(to, endpoint, disclosure_.request_for(to, request));
  }

  Context& context_;
  View& view_;
  IdentityMapper& mapper_;
  MembershipLinks& links_;
  Gossiper& gossiper_;
  bool stopped_ = false;
  Disclosure disclosure_;
  OwnAlive own_alive_;
  Connector connector_;
  Random random_;

  const Past* past_ = nullptr;
  Duration first_heartbeat_;
  Timer heartbeat_timer_;
  Timer check_timer_;
  Timer reconnect_timer_;
  Timer sweep_timer_;
  Timer sync_timer_;

  // The reconnect round under way: pings_[i] has cookie first_ping_ + i.
  std::vector<Ping> pings_;
  std::uint32_t first_ping_ = 0;
  std::uint32_t pings_open_ = 0;

  std::vector<std::string> bootstrap_endpoints_;
  AnchorTracker anchor_tracker_;
  std::vector<PeerIndex> scratch_;
};

}  // namespace hearsay
