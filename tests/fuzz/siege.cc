#include "tests/fuzz/siege.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/wire/tags.h"

namespace hearsay::test {

namespace {

constexpr Duration kLatency = 200 * kMicrosecond;
constexpr std::size_t kMalformed = kContentKinds;  // the last row of by_kind

scenario::Scenario besieged(std::uint64_t seed) {
  scenario::Scenario plan = scenario_of(fmt::format(R"({{
    "seed": {}, "duration": "1h",
    "organizations": [
      {{ "name": "org1", "peers": 4, "external_endpoints": ["org1/0"], "anchors": ["org1/0"] }},
      {{ "name": "org2", "peers": 2, "external_endpoints": ["org2/0"] }},
      {{ "name": "org3", "peers": 1 }} ],
    "channels": [ {{ "name": "ch1", "organizations": ["org1", "org2"] }} ],
    "network": {{ "latency": {{ "distribution": "constant", "value": "200us" }} }} }})",
                                                    seed));
  plan.network.bandwidth = 0;
  return plan;
}

// Nobody may have this frame used, whoever sends it.
bool must_not_be_used(const GossipMessage& m) {
  switch (m.kind()) {
    case ContentKind::kAck:
    // Whoever may read the channel is answered; nobody looks at the tag.
    case ContentKind::kStateRequest:
      return false;
    case ContentKind::kMemReq:
    case ContentKind::kMemRes:
    case ContentKind::kStateSnapshot:
    case ContentKind::kStateInfoPullReq:
    // Pull is for everybody who is let in; what the engine makes of a nonce is its own affair.
    case ContentKind::kHello:
    case ContentKind::kDataDig:
    case ContentKind::kDataReq:
    case ContentKind::kDataUpdate:
      break;
    case ContentKind::kAlive: {
      const auto& alive = *m.get<AliveMessage>();
      if (!alive.membership || alive.membership->pki_id.empty() || !alive.timestamp) return true;
      break;
    }
    case ContentKind::kStateInfo:
      if (!m.get<StateInfo>()->timestamp) return true;
      break;
    case ContentKind::kLeadership:
      if (!m.get<LeadershipMessage>()->timestamp) return true;
      break;
    case ContentKind::kData:
      if (!m.get<DataMessage>()->payload) return true;
      break;
    default:
      return true;
  }
  return is_tag_legal(m) != TagError::kNone;
}

}  // namespace

const char* fate_name(Fate fate) {
  static constexpr const char* kNames[kFates] = {"used", "duplicate", "rejected", "not read",
                                                 "UNACCOUNTED"};
  return kNames[static_cast<std::size_t>(fate)];
}

Siege::Siege(std::uint64_t seed, sim::WireMode wire)
    : stage_(besieged(seed), *this, nullptr, wire) {
  for (const char* name : {"org1/3", "org2/1", "org3/0"}) {
    attackers_.push_back(stage_.find(name));
    stage_.seize(attackers_.back());
  }
  stage_.start_all();
  for (const PeerIndex p : attackers_)
    listen(p);
  // Until the peers are eligible: state information is published every 4 s.
  stage_.run_for(10 * kSecond);
}

void Siege::on_event(const TraceEvent& event) {
  if (event.peer != PeerIndex{0}) return;
  // Handshakes are traced under the name they claim. One may claim another's: without TLS an
  // overheard ConnEstablish can be said again, by anybody (Fabric).
  const bool handshake = watch_.first && (event.kind == TraceKind::kMessageRejected ||
                                          event.kind == TraceKind::kConnectionOpened);
  if (!handshake && event.other != watch_.attacker && event.other != kNoPeer) return;
  switch (event.kind) {
    case TraceKind::kMessageDelivered:
      watch_.delivered = true;
      return;
    case TraceKind::kMessageDuplicate:
      watch_.duplicate = true;
      return;
    case TraceKind::kMessageRejected:
      if (!watch_.reason) watch_.reason = static_cast<RejectReason>(event.detail);
      return;
    case TraceKind::kMessageDropped:
      watch_.dropped = true;
      return;
    case TraceKind::kConnectionOpened:
      watch_.opened = true;
      return;
    default:
      return;
  }
}

// The victim may have dialled the attacker meanwhile; that stream is taken first.
ConnId Siege::ready_stream(PeerIndex p) {
  Attacker& attacker = *stage_.attacker(p);
  // Ids are used again one day.
  std::erase_if(victim_streams_[p], [&](ConnId conn) { return !attacker.open(conn); });
  const auto from_victim = [&](ConnId conn) { return victim_streams_[p].contains(conn); };
  const std::vector<ConnId> ready = attacker.ready_streams();
  const auto found = std::find_if(ready.rbegin(), ready.rend(), from_victim);
  if (found != ready.rend()) return *found;
  const ConnId conn = attacker.dial(stage_.home(victim()).identity.internal_endpoint);
  // SYN, ping and opening of the stream, each there and back.
  stage_.run_for(8 * kLatency);
  return attacker.ready(conn) ? conn : kNoConn;
}

void Siege::listen(PeerIndex p) {
  const std::string& pki_id = stage_.directory().pki_id(victim());
  stage_.attacker(p)->heard = [this, p, pki_id](ConnId conn, const EnvelopeRef& frame) {
    const auto* hello = frame->message().get<ConnEstablish>();
    if (hello != nullptr && hello->pki_id == pki_id) victim_streams_[p].insert(conn);
    heard_.push_back(frame);
  };
}

Verdict Siege::shoot(PeerIndex p, const EnvelopeRef& frame) {
  ConnId conn = ready_stream(p);
  // A new stream may come to nothing: when one that the victim still had registered is replaced,
  // both end (comm.md section 9).
  for (int tries = 1; conn == kNoConn; ++tries) {
    HS_ASSERT_MSG(tries < 20, "the victim does not let anybody in any more");
    conn = ready_stream(p);
  }
  watch_ = Watch(p, false);
  stage_.attacker(p)->write(conn, frame);
  // There, and the news back if the victim closes the stream.
  stage_.run_for(2 * kLatency);
  const Verdict verdict = judge(*frame, false);
  // Somebody else's turn: the victim may go on writing here, but it reads no more.
  if (verdict.fate == Fate::kNotRead) stage_.attacker(p)->close(conn);
  return count(*frame, verdict);
}

Verdict Siege::shoot_first(PeerIndex p, const EnvelopeRef& frame) {
  Attacker& attacker = *stage_.attacker(p);
  const ConnId conn = attacker.dial(stage_.home(victim()).identity.internal_endpoint, frame);
  watch_ = Watch(p, true);
  stage_.run_for(8 * kLatency);
  const Verdict verdict = judge(*frame, true);
  attacker.close(conn);
  return count(*frame, verdict);
}

Verdict Siege::judge(const Envelope& frame, bool first) const {
  if (watch_.reason) return {Fate::kRejected, *watch_.reason};
  if (watch_.duplicate) return {Fate::kDuplicate, {}};
  const GossipMessage& message = frame.message();
  const auto* hello = message.get<ConnEstablish>();
  if (first && hello != nullptr && (watch_.opened || hello->probe)) return {Fate::kUsed, {}};
  if (!first && watch_.delivered && !must_not_be_used(message)) return {Fate::kUsed, {}};
  if (watch_.dropped && !watch_.delivered) return {Fate::kNotRead, {}};
  return {};
}

Verdict Siege::count(const Envelope& frame, Verdict verdict) {
  const std::size_t kind = frame.malformed() ? kMalformed : static_cast<std::size_t>(frame.kind());
  ++by_kind[kind][static_cast<std::size_t>(verdict.fate)];
  ++by_fate[static_cast<std::size_t>(verdict.fate)];
  if (verdict.fate == Fate::kRejected) ++by_reason[static_cast<std::size_t>(verdict.reason)];
  return verdict;
}

std::optional<EnvelopeRef> Siege::heard() {
  if (heard_.empty()) return std::nullopt;
  EnvelopeRef frame = heard_.back();
  heard_.pop_back();
  return frame;
}

std::string Siege::trouble() {
  for (const char* friendly : {"org1/1", "org1/2", "org2/0"}) {
    if (!node().view().alive(stage_.find(friendly))) return fmt::format("{} is lost", friendly);
  }
  const ChannelIndex channel = stage_.directory().find_channel("ch1");
  const auto height = [&] { return stage_.cluster().chain(victim(), channel)->height(); };
  const BlockNum before = height();
  stage_.node(stage_.find("org1/1")).deliver_block("ch1", stage_.block("ch1", before));
  stage_.run_for(100 * kMillisecond);
  if (height() <= before) return fmt::format("the height stays {}", before);
  return "";
}

std::string Siege::table() const {
  std::string out = fmt::format("{:<16}", "kind");
  for (std::size_t f = 0; f < kFates; ++f) {
    out += fmt::format("{:>12}", fate_name(static_cast<Fate>(f)));
  }
  out += "\n";
  for (std::size_t k = 0; k < by_kind.size(); ++k) {
    out += fmt::format("{:<16}", k == kMalformed ? "undecodable" : kind_name(ContentKind(k)));
    for (const std::uint64_t n : by_kind[k])
      out += fmt::format("{:>12}", n);
    out += "\n";
  }
  out += fmt::format("{:<16}", "all");
  for (const std::uint64_t n : by_fate)
    out += fmt::format("{:>12}", n);
  out += "\n\nrejected because\n";
  for (std::size_t r = 0; r < kRejectReasons; ++r) {
    out += fmt::format("  {:<20}{:>10}\n", reject_reason_name(static_cast<RejectReason>(r)),
                       by_reason[r]);
  }
  return out;
}

}  // namespace hearsay::test
