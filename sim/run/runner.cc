#include "sim/run/runner.h"

#include <algorithm>
#include <utility>

#include "sim/run/fault_builder.h"
#include "sim/run/network_builder.h"
#include "sim/scenario/resolve.h"
#include "sim/simgrid/simgrid_driver.h"

namespace hearsay::sim {

namespace {
// Often enough for a smooth progress line, rarely enough to cost nothing.
constexpr std::uint64_t kProgressEvery = 1 << 18;
}  // namespace

Runner::Runner(const scenario::Scenario& plan, RunOptions options)
    : plan_(plan), options_(std::move(options)) {
  sinks_.add(digest_);
}

Runner::~Runner() {
  // The network ends the tenants, which use the cluster's homes.
  faults_.reset();
  network_.reset();
}

Result<std::unique_ptr<Runner>> Runner::make(const scenario::Scenario& plan, RunOptions options) {
  std::unique_ptr<Runner> runner(new Runner(plan, std::move(options)));
  if (auto built = runner->build(); !built.ok()) return Error{built.error()};
  return runner;
}

Result<bool> Runner::build() {
  world_ =
      std::make_unique<World>(WorldOptions{.random = Random::root(plan_.seed), .trace = &sinks_});
  if (auto made = make_platform(); !made.ok()) return made;
  const Platform* described = plan_.network.platform.empty() ? nullptr : &*platform_;
  network_ = build_network(plan_, options_.wire, described, *world_);
  cluster_ = std::make_unique<Cluster>(plan_, *world_, sinks_);
  if (auto placed = place_peers(plan_, described, *cluster_, *network_); !placed.ok()) {
    return placed;
  }
  orderers_ = std::make_unique<OrderingService>(plan_, *world_, *cluster_);
  if (auto placed = place_orderers(plan_, described, *orderers_, *network_); !placed.ok()) {
    return placed;
  }
  feed_ = std::make_unique<BlockFeed>(plan_, *world_, *cluster_, *orderers_);
  for (std::size_t i = 0; i < cluster_->size(); ++i) {
    const PeerIndex index = peer_index(i);
    cluster_->home(index).orderers = &orderers_->endpoints();
    cluster_->home(index).on_joined = [this, index](GossipPeer& peer, ChannelIndex channel,
                                                    BlockNum height) {
      feed_->on_joined(peer, index, channel, height);
    };
  }
  arrange_starts();
  arrange_joins();
  arrange_faults();
  arrange_events();
  return true;
}

// SimGrid is needed for a platform's routes, and as the clock.
Result<bool> Runner::make_platform() {
  const std::string& file = plan_.network.platform;
  if (file.empty() && options_.clock == ClockKind::kPlain) return true;
  auto platform = file.empty() ? Platform::bare() : Platform::load(file);
  if (!platform.ok()) return Error{platform.error()};
  platform_.emplace(std::move(platform).value());
  return true;
}

void Runner::arrange_starts() {
  const auto overridden = cluster_->override_starts();
  for (const scenario::Organization& org : plan_.organizations) {
    const auto& range = *cluster_->population().find(org.name);
    Random random = world_->random().fork("start").fork(org.name);
    std::vector<Time> times(range.count, org.start.at);
    if (org.start.spread > 0) {
      for (Time& t : times) {
        t +=
            static_cast<Duration>(random.below64(static_cast<std::uint64_t>(org.start.spread) + 1));
      }
    }
    // The times are drawn for the organisation as a whole; those whom the others will call come
    // first, or every start would depend on who happened to draw what.
    const auto first = cluster_->select(*org.bootstrap, "bootstrap");
    for (std::size_t i = 0; i < first.size() && i < times.size(); ++i) {
      const auto earliest = std::min_element(times.begin(), times.end());
      const std::uint32_t place = raw(first[i]) - range.first;
      if (*earliest < times[place]) std::swap(*earliest, times[place]);
    }
    for (std::uint32_t i = 0; i < range.count; ++i) {
      const HostIndex host{range.first + i};
      world_->call_at(overridden[raw(host)].value_or(times[i]), [this, host] {
        if (!world_->running(host)) world_->start(host);
      });
    }
  }
}

void Runner::arrange_joins() {
  std::vector<Time> times;
  for (const scenario::Channel& channel : plan_.channels)
    times.push_back(channel.join_at);
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  for (const Time at : times) {
    world_->call_at(at, [this] {
      for (std::size_t i = 0; i < cluster_->size(); ++i) {
        if (GossipPeer* peer = cluster_->peer(peer_index(i))) peer->join_due_channels();
      }
    });
  }
}

void Runner::arrange_faults() {
  faults_ = std::make_unique<FaultSchedule>(*world_);
  for (std::size_t i = 0; i < plan_.faults.size(); ++i)
    faults_->add(build_fault(plan_, i, *world_, *network_, *cluster_, *orderers_));
}

void Runner::arrange_events() {
  for (std::size_t i = 0; i < plan_.events.size(); ++i) {
    world_->call_at(plan_.events[i].at, [this, i] { happen(i); });
  }
}

void Runner::happen(std::size_t index) {
  const scenario::Event& event = plan_.events[index];
  const auto peers = cluster_->select(event.peers, event_purpose(index));
  // In the trace, events are faults without end, numbered behind those of the scenario.
  for (const PeerIndex p : peers) {
    world_->trace({.time = world_->now(),
                   .value = plan_.faults.size() + index,
                   .peer = p,
                   .kind = TraceKind::kFaultBegun});
  }
  for (const PeerIndex p : peers) {
    GossipPeer* peer = cluster_->peer(p);
    if (event.kind == scenario::EventKind::kLeaveChannel && peer != nullptr) {
      peer->node().leave_channel(event.channel);
    } else if (event.kind == scenario::EventKind::kRevoke) {
      cluster_->crypto().revoke(cluster_->home(p).crypto->identity());
    }
  }
  if (event.kind != scenario::EventKind::kRevoke) return;
  // Fabric: the revocation list comes with a block of configuration, and every peer looks through
  // the identities that it knows.
  for (std::size_t i = 0; i < cluster_->size(); ++i) {
    GossipPeer* peer = cluster_->peer(peer_index(i));
    if (peer != nullptr) peer->node().suspect_peers([](std::string_view) { return true; });
  }
}

RunFacts Runner::facts() const {
  RunFacts facts = cluster_->facts();
  for (std::size_t i = 0; i < orderers_->size(); ++i)
    facts.orderers.push_back(orderers_->name(i));
  for (const scenario::Fault& fault : plan_.faults) {
    facts.faults.push_back({fault_name(fault), fault.kind == scenario::FaultKind::kIsolate});
  }
  for (const scenario::Event& event : plan_.events) {
    const bool leaves = event.kind == scenario::EventKind::kLeaveChannel;
    FaultFacts& made = facts.faults.emplace_back();
    made.name = scenario::event_word(event.kind) + " " + scenario::to_json(event.peers);
    // Whose identity no longer counts is not heard by anybody.
    made.cuts_off = !leaves;
    if (leaves) made.leaves = cluster_->directory().find_channel(event.channel);
  }
  return facts;
}

void Runner::look_every(Duration interval, std::function<void(Time)> look) {
  looks_.push_back(std::move(look));
  arrange_look(looks_.size() - 1, interval);
}

void Runner::arrange_look(std::size_t number, Duration interval) {
  world_->call_at(world_->now() + interval, [this, number, interval] {
    looks_[number](world_->now());
    arrange_look(number, interval);
  });
}

std::vector<PeerMetrics> Runner::metrics() const {
  std::vector<PeerMetrics> all;
  for (std::size_t i = 0; i < cluster_->size(); ++i) {
    const GossipPeer* peer = cluster_->peer(peer_index(i));
    all.push_back({cluster_->name_of(peer_index(i)), peer == nullptr ? nullptr : &peer->metrics()});
  }
  return all;
}

std::unique_ptr<TimeDriver> Runner::make_driver() {
  if (options_.clock == ClockKind::kPlain) return std::make_unique<PlainDriver>();
  return std::make_unique<SimGridDriver>(*platform_);
}

RunEnd Runner::run() {
  world_->set_stop_flag(options_.stop);
  if (options_.progress) {
    world_->set_progress(kProgressEvery, [this] {
      options_.progress({world_->now(), plan_.duration, world_->events()});
    });
  }
  const std::unique_ptr<TimeDriver> driver = make_driver();
  RunEnd end;
  end.interrupted = !world_->run_until(plan_.duration, *driver);
  end.end = world_->now();
  end.events = world_->events();
  end.digest = digest_.value();
  end.digest_hex = digest_.hex();
  return end;
}

void Runner::inspect_buffers(std::vector<Violation>& found) const {
  const auto judge = [&](std::size_t peer, const std::string& overfull) {
    if (overfull.empty()) return;
    found.push_back(
        {"buffers.within_limits", cluster_->name_of(peer_index(peer)) + " holds " + overfull});
  };
  for (std::size_t i = 0; i < cluster_->size(); ++i) {
    const GossipPeer* peer = cluster_->peer(peer_index(i));
    if (peer == nullptr) continue;
    judge(i, peer->node().comm().overfull());
    for (std::size_t c = 0; c < cluster_->directory().channel_count(); ++c) {
      const Channel* channel = peer->node().channel(ChannelIndex{static_cast<std::uint16_t>(c)});
      if (channel != nullptr) judge(i, channel->overfull());
    }
  }
}

std::vector<Violation> Runner::inspect(std::vector<std::string>& checked) const {
  std::vector<Violation> found;
  checked = {"ledger.equal_bytes", "membership.no_peer_both_alive_and_dead",
             "buffers.within_limits"};
  const Directory& directory = cluster_->directory();
  for (std::size_t c = 0; c < directory.channel_count(); ++c) {
    const ChannelIndex channel{static_cast<std::uint16_t>(c)};
    std::vector<std::uint64_t> agreed;
    for (std::size_t i = 0; i < cluster_->size(); ++i) {
      const ChainStore* chain = cluster_->chain(peer_index(i), channel);
      for (BlockNum n = 0; chain != nullptr && n < chain->height(); ++n) {
        if (n >= agreed.size()) agreed.push_back(chain->fingerprint(n));
        if (agreed[n] == chain->fingerprint(n)) continue;
        found.push_back({"ledger.equal_bytes", cluster_->name_of(peer_index(i)) +
                                                   " holds another block " + std::to_string(n) +
                                                   " of " + directory.channel_name(channel)});
        break;
      }
    }
  }
  inspect_buffers(found);
  for (std::size_t i = 0; i < cluster_->size(); ++i) {
    const GossipPeer* peer = cluster_->peer(peer_index(i));
    if (peer == nullptr) continue;
    const View& view = peer->node().view();
    view.alive_set().for_each([&](PeerIndex p) {
      if (!view.dead(p)) return;
      found.push_back({"membership.no_peer_both_alive_and_dead",
                       cluster_->name_of(peer_index(i)) + " holds " + cluster_->name_of(p)});
    });
  }
  return found;
}

}  // namespace hearsay::sim
