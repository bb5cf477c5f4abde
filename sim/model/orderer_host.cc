#include "sim/model/orderer_host.h"

#include <algorithm>
#include <utility>

#include "core/base/assert.h"
#include "sim/model/bad_blocks.h"
#include "sim/model/deliver_frame.h"

namespace hearsay::sim {

namespace {

using Kind = OrdererConduct::Kind;

// The cookie of timers that are about a block that arrives, not about a stream.
constexpr std::uint32_t kArrival = raw(kNoConn);
// Any number of these is a varint that never ends: no protobuf message.
constexpr char kGarbageByte = '\xFF';

}  // namespace

OrdererHost::OrdererHost(OrdererHome& home, const HostContext& host)
    : home_(home), log_(*home.log), clock_(host.clock), transport_(host.transport) {
  log_.listen(*this);
}

OrdererHost::~OrdererHost() { log_.unlisten(*this); }

void OrdererHost::start() {
  for (const ChannelIndex channel : log_.channels()) {
    for (BlockNum n = log_.height_at(channel, horizon()); n < log_.height(channel); ++n) {
      clock_.arm(log_.cut_at(channel, n) + home_.lag, *this, TimerKind::kDeliver, kArrival);
    }
  }
}

void OrdererHost::on_appended(ChannelIndex) {
  if (home_.lag == 0) return pump_all();
  clock_.arm(clock_.now() + home_.lag, *this, TimerKind::kDeliver, kArrival);
}

void OrdererHost::on_timer(TimerKind, std::uint32_t cookie) {
  if (cookie == kArrival) return pump_all();
  const auto found = streams_.find(cookie);
  if (found == streams_.end()) return;
  found->second.pacing = false;
  found->second.paced = true;
  pump(found->second);
}

void OrdererHost::on_accepted(ConnId conn) { streams_[raw(conn)].conn = conn; }

void OrdererHost::on_frame(ConnId conn, EnvelopeRef frame) {
  const auto found = streams_.find(raw(conn));
  if (found == streams_.end()) return;
  Stream& stream = found->second;
  if (const auto taken = window_in(*frame)) {
    stream.ahead -= std::min<std::uint64_t>(stream.ahead, *taken);
  } else if (stream.seeks.size() < kMaxWaitingSeeks) {
    stream.seeks.push_back(envelope_in(*frame));
  }
  pump(stream);
}

void OrdererHost::on_writable(ConnId conn) {
  const auto found = streams_.find(raw(conn));
  if (found == streams_.end()) return;
  found->second.no_room = false;
  pump(found->second);
}

void OrdererHost::on_closed(ConnId conn, StreamEnd) { end(conn); }

void OrdererHost::end(ConnId conn) {
  streams_.erase(raw(conn));
  transport_.close(conn);
}

void OrdererHost::pump_all() {
  for (auto at = streams_.begin(); at != streams_.end();) {
    const auto here = at++;
    pump(here->second);
  }
}

void OrdererHost::pump(Stream& stream) {
  while (step(stream)) {
  }
}

bool OrdererHost::step(Stream& stream) {
  if (stream.no_room || home_.conduct.kind == Kind::kWithhold) return false;
  if (stream.answer) return send_answer(stream);
  if (stream.task) return send_block(stream);
  if (stream.seeks.empty()) return false;
  auto judged =
      judge_seek(stream.seeks.front(), log_, horizon(), *home_.crypto, clock_.unix_time());
  stream.seeks.pop_front();
  if (const auto* task = std::get_if<SeekTask>(&judged)) {
    stream.task = *task;
  } else {
    stream.answer = std::get<Status>(judged);
  }
  return true;
}

bool OrdererHost::send_answer(Stream& stream) {
  if (!transport_.write(stream.conn, frame_of(*stream.answer))) {
    stream.no_room = true;
    return false;
  }
  // Fabric: the handler of the stream returns after whatever is no success.
  if (*stream.answer != Status::kSuccess) {
    end(stream.conn);
    return false;
  }
  stream.answer.reset();
  return true;
}

bool OrdererHost::send_block(Stream& stream) {
  SeekTask& task = *stream.task;
  const auto finish = [&stream](Status status) {
    stream.answer = status;
    stream.task.reset();
    return true;
  };
  if (home_.conduct.kind == Kind::kStatus) return finish(home_.conduct.status);
  if (task.next >= log_.height_at(task.channel, horizon())) {
    return task.fail_if_not_ready && finish(Status::kNotFound);
  }
  if (stream.ahead >= kDeliverWindow || !paced(stream)) return false;
  const EnvelopeRef frame = block_for(task);
  if (!transport_.write(stream.conn, frame)) {
    stream.no_room = true;
    return false;
  }
  stream.ahead += frame->wire_size();
  stream.paced = false;
  return task.next++ != task.last || finish(Status::kSuccess);
}

bool OrdererHost::paced(Stream& stream) {
  if (home_.conduct.kind != Kind::kSlow || stream.paced) return true;
  if (!stream.pacing) {
    stream.pacing = true;
    clock_.arm(clock_.now() + home_.conduct.delay, *this, TimerKind::kDeliver, raw(stream.conn));
  }
  return false;
}

EnvelopeRef OrdererHost::block_for(const SeekTask& task) const {
  const EnvelopeRef& good = log_.frame(task.channel, task.next);
  const std::string& bytes = block_in(*good);
  switch (home_.conduct.kind) {
    case Kind::kCorrupt:
      return frame_of_block(tampered_block(bytes));
    case Kind::kGarbage:
      return frame_of_block(std::string(bytes.size(), kGarbageByte));
    case Kind::kWrongChannel:
      return frame_of_block(
          block_of_another_channel(bytes, log_.name(task.channel), *home_.keys, home_.identity));
    case Kind::kOldBlock:
      return log_.frame(task.channel, task.next == 0 ? 0 : task.next - 1);
    case Kind::kSound:
    case Kind::kSlow:
    case Kind::kWithhold:
    case Kind::kStatus:
      break;
  }
  return good;
}

}  // namespace hearsay::sim
