// Blocks and events.
#include <algorithm>

#include <fmt/format.h>

#include "sim/scenario/units.h"
#include "sim/scenario/validator.h"

namespace hearsay::scenario {
namespace {

__extension__ typedef __int128 Wide;

}  // namespace

void Validator::check_events() {
  for (std::size_t i = 0; i < scenario_.blocks.size(); ++i) {
    check_blocks(root_ / "blocks" / i, scenario_.blocks[i]);
  }
  check_faults();
  for (std::size_t i = 0; i < scenario_.events.size(); ++i) {
    check_event(root_ / "events" / i, scenario_.events[i]);
  }
}

const Channel* Validator::check_channel_name(const JsonPath& path, const std::string& name,
                                             std::string_view purpose) {
  if (!clean(path)) return nullptr;
  if (name.empty() && !given(path)) {
    if (!clean(root_ / "channels")) return nullptr;
    if (scenario_.channels.empty()) {
      book_.add(path, fmt::format("there is no channel {}", purpose),
                "write \"channels\": [ { \"name\": \"ch1\" } ]");
    } else {
      book_.add(path, "is missing, and there are several channels",
                "name one of them, such as " + shown(scenario_.channels[0].name));
    }
    return nullptr;
  }
  const Channel* channel = find_channel(name);
  if (channel == nullptr && channels_known_) {
    book_.add(path, fmt::format("there is no channel {}", shown(name)),
              suggestion(name, channel_names(), "channels"));
  }
  return channel;
}

void Validator::check_members(const JsonPath& path, const Selector& peers, const Channel& channel) {
  if (!clean(path) || !clean(root_ / "channels") || !sizes_known_) return;
  const auto& orgs = *channel.organizations;
  for (const PeerIndex peer : reach(peers, population_)) {
    const std::string name = population_.name_of(peer);
    if (std::find(orgs.begin(), orgs.end(), name.substr(0, name.rfind('/'))) != orgs.end())
      continue;
    book_.add(path,
              fmt::format("selects \"{}\", which is not in channel \"{}\"", name, channel.name),
              "select peers of the channel's organisations");
    return;
  }
}

void Validator::check_blocks(const JsonPath& path, const BlockStream& blocks) {
  const Channel* channel =
      check_channel_name(path / "channel", blocks.channel, "to send blocks into");
  check_block_size(path / "size", blocks.size);
  if (channel == nullptr) return;
  check_block_times(path, blocks, *channel);
  check_source(path, blocks, *channel);
}

void Validator::check_block_times(const JsonPath& path, const BlockStream& blocks,
                                  const Channel& channel) {
  const JsonPath start = path / "start";
  if (!clean(start)) return;
  const std::string text = format_duration(blocks.start);
  if (blocks.start < channel.join_at && clean(root_ / "channels")) {
    book_.add(start, fmt::format("\"{}\" is before the peers join \"{}\"", text, channel.name),
              fmt::format("write \"{}\" or more", format_duration(channel.join_at)));
    return;
  }
  if (!duration_known_) return;
  const std::string end = format_duration(scenario_.duration);
  if (blocks.start >= scenario_.duration) {
    book_.add(start,
              given(start)
                  ? fmt::format("\"{}\" is not before the end of the run", text)
                  : fmt::format("the default \"{}\" is not before the end of the run", text),
              fmt::format("write less than \"{}\"", end));
    return;
  }
  if (blocks.arrivals != Arrivals::kConstant || !clean(path)) return;
  const Wide room = Wide{scenario_.duration} - blocks.start;
  if (Wide{blocks.interval} * (blocks.count - 1) > room) {
    book_.add(
        path / "count",
        fmt::format("{} blocks every \"{}\" from \"{}\" do not fit before the end at \"{}\"",
                    blocks.count, format_duration(blocks.interval), text, end),
        fmt::format("write {} or fewer", static_cast<std::int64_t>(room / blocks.interval) + 1));
  }
}

void Validator::check_source(const JsonPath& path, const BlockStream& blocks,
                             const Channel& channel) {
  if (!blocks.from) {
    if (scenario_.orderers->empty() && clean(path / "from") && clean(root_ / "orderers")) {
      book_.add(path / "from", "there is no orderer to send blocks",
                "leave out \"orderers\" for one named \"orderer0\"");
    }
    return;
  }
  check_selector(path / "from", *blocks.from, {});
  check_members(path / "from", *blocks.from, channel);
}

void Validator::check_event(const JsonPath& path, const Event& event) {
  if (!clean(path / "kind")) return;
  // Who an expired certificate belongs to is settled when it is issued, before the run.
  const bool may_be_late = event.kind != EventKind::kExpire;
  check_selector(path / "peers", event.peers, {.own_org = {}, .may_be_late = may_be_late});
  const Channel* channel = nullptr;
  if (event.kind == EventKind::kLeaveChannel) {
    channel = check_channel_name(path / "channel", event.channel, "to leave");
    if (channel != nullptr) check_members(path / "peers", event.peers, *channel);
  }
  const JsonPath at = path / "at";
  if (!clean(at)) return;
  const std::string text = format_duration(event.at);
  if (duration_known_ && event.at >= scenario_.duration) {
    book_.add(at, fmt::format("\"{}\" is not before the end of the run", text),
              fmt::format("write less than \"{}\"", format_duration(scenario_.duration)));
  } else if (channel != nullptr && event.at <= channel->join_at && clean(root_ / "channels")) {
    book_.add(at, fmt::format("\"{}\" is not after the peers join \"{}\"", text, channel->name),
              fmt::format("write more than \"{}\"", format_duration(channel->join_at)));
  }
}

}  // namespace hearsay::scenario
