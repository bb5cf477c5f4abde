#include "tests/support/attacker.h"

#include <utility>

namespace hearsay::test {

ConnId Attacker::dial(std::string_view endpoint, EnvelopeRef hello) {
  const ConnId conn = transport_.dial(endpoint);
  streams_[conn] = {.hello = std::move(hello)};
  return conn;
}

bool Attacker::ready(ConnId conn) const {
  const auto found = streams_.find(conn);
  return found != streams_.end() && found->second.greeted;
}

std::vector<ConnId> Attacker::ready_streams() const {
  std::vector<ConnId> ready;
  for (const auto& [conn, stream] : streams_) {
    if (stream.greeted) ready.push_back(conn);
  }
  return ready;
}

void Attacker::close(ConnId conn) {
  if (streams_.erase(conn) > 0) transport_.close(conn);
}

void Attacker::on_pong(ConnId conn) {
  if (!open(conn)) return;
  transport_.open_stream(conn);
  if (const EnvelopeRef& hello = streams_[conn].hello) transport_.write(conn, hello);
}

void Attacker::on_accepted(ConnId conn) {
  streams_[conn] = {.hello = hello_};
  transport_.write(conn, hello_);
}

void Attacker::on_frame(ConnId conn, EnvelopeRef frame) {
  if (const auto found = streams_.find(conn); found != streams_.end()) found->second.greeted = true;
  if (heard) heard(conn, frame);
}

void Attacker::on_closed(ConnId conn, StreamEnd) { close(conn); }

}  // namespace hearsay::test
