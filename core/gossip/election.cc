#include "core/gossip/election.h"

#include <algorithm>
#include <utility>

#include "core/base/assert.h"
#include "core/base/hash.h"

namespace hearsay {

namespace {

// Fabric: Yield, time.AfterFunc(leaderAliveThreshold * 6).
constexpr std::int64_t kYieldThresholds = 6;

}  // namespace

LeaderElection::LeaderElection(Context& context, ChannelIndex channel, ElectionLinks& links)
    : context_(context),
      channel_(channel),
      links_(links),
      incarnation_(context.clock.unix_time()),
      phase_timer_(context.clock, *this, TimerKind::kElection),
      yield_timer_(context.clock, *this, TimerKind::kElectionYield) {
  HS_ASSERT_MSG(!context.pki_id().empty(), "an election needs a PKI-ID");
}

void LeaderElection::start() {
  HS_ASSERT(in<std::monostate>());
  phase_ = Stabilising{links_.peer_count(),
                       context_.now() + context_.config.election_startup_grace_period};
  arm(context_.config.election_membership_sample_interval);
}

void LeaderElection::stop() {
  phase_ = Stopped{};
  phase_timer_.cancel();
  yield_timer_.cancel();
}

// --- 6. the state machine

void LeaderElection::on_timer(TimerKind kind, std::uint32_t) {
  if (kind == TimerKind::kElectionYield) {
    // Candidacy resumes with the next turn.
    yield_timer_.fired();
    yielding_ = false;
    return;
  }
  phase_timer_.fired();
  if (auto* stabilising = std::get_if<Stabilising>(&phase_)) return sample(*stabilising);
  if (in<Electing>()) return end_election();
  turn();
}

// Quirk: only the number of peers is compared, so two looks at nobody are a stable view.
void LeaderElection::sample(Stabilising& phase) {
  const std::size_t count = links_.peer_count();
  if (count == phase.view_size || context_.now() > phase.deadline || leader_exists_) return turn();
  phase.view_size = count;
  arm(context_.config.election_membership_sample_interval);
}

void LeaderElection::turn() {
  if (leader_exists_ || yielding_) return after_election();
  links_.gossip(create_message(false));
  phase_ = Electing{};
  arm(context_.config.leader_election_duration);
}

void LeaderElection::end_election() {
  HS_ASSERT(!is_leader_);
  if (!leader_exists_ && !yielding_ && !smaller_proposed_) {
    set_leader(true);
    leader_exists_ = true;
  }
  after_election();
}

void LeaderElection::after_election() {
  if (leader_exists_ && yielding_) {
    yielding_ = false;
    yield_timer_.cancel();
  }
  is_leader_ ? lead() : follow();
}

void LeaderElection::lead() {
  phase_ = Leading{};
  links_.gossip(create_message(true));
  links_.report_metric(true);
  arm(context_.config.leader_alive_threshold / 2);
}

void LeaderElection::follow() {
  phase_ = Following{};
  smaller_proposed_ = false;
  leader_exists_ = false;
  links_.report_metric(false);
  arm(context_.config.leader_alive_threshold);
}

// A wait of nothing, or less, must not stop the time.
void LeaderElection::arm(Duration after) { phase_timer_.arm_after(std::max<Duration>(after, 1)); }

void LeaderElection::set_leader(bool leads) {
  is_leader_ = leads;
  context_.trace({.channel = channel_,
                  .kind = leads ? TraceKind::kLeaderDeclared : TraceKind::kLeaderSteppedDown});
  links_.on_status(leads);
}

void LeaderElection::on_message(PeerIndex creator, bool is_declaration) {
  if (in<Stopped>() || !links_.is_peer(creator)) return;
  if (!is_declaration) {
    smaller_proposed_ = smaller_proposed_ || is_smaller(creator);
    return;
  }
  leader_exists_ = true;
  if (is_leader_ && is_smaller(creator)) set_leader(false);
  // The turn comes by the timer, never from inside the handler: two leaders in one process would
  // call each other for ever. A follower's window runs to its end.
  if (in<Electing>() || in<Leading>()) phase_timer_.arm_at(context_.now());
}

bool LeaderElection::is_smaller(PeerIndex peer) const {
  return context_.directory.pki_id(peer) < context_.pki_id();
}

// --- 8. yield

void LeaderElection::yield() {
  if (in<Stopped>() || !is_leader_ || yielding_) return;
  yielding_ = true;
  set_leader(false);
  leader_exists_ = false;
  yield_timer_.arm_after(kYieldThresholds * context_.config.leader_alive_threshold);
}

// --- 10. the adapter

GossipMessage LeaderElection::create_message(bool is_declaration) {
  GossipMessage message;
  message.tag = Tag::kChanAndOrg;
  message.channel = context_.directory.channel_name(channel_);
  LeadershipMessage leadership;
  leadership.pki_id = context_.pki_id();
  leadership.timestamp = PeerTime{incarnation_, ++sequence_};
  leadership.is_declaration = is_declaration;
  message.content = std::move(leadership);
  return message;
}

std::string LeaderElection::describe() const {
  static constexpr const char* kPhases[] = {"new",     "stabilising", "electing",
                                            "leading", "following",   "stopped"};
  std::string text = to_hex(context_.pki_id()) + ' ' + kPhases[phase_.index()];
  if (is_leader_) text += ", leader";
  if (leader_exists_) text += ", a leader is known";
  if (smaller_proposed_) text += ", a smaller one proposed";
  if (yielding_) text += ", yielding";
  return text;
}

}  // namespace hearsay
