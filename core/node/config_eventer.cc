#include "core/node/config_eventer.h"

#include <charconv>

namespace hearsay {

AnchorPeer anchor_peer(std::string_view endpoint) {
  AnchorPeer anchor;
  const std::size_t colon = endpoint.rfind(':');
  anchor.host = endpoint.substr(0, colon);
  if (colon == std::string_view::npos) return anchor;
  const std::string_view port = endpoint.substr(colon + 1);
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error == std::errc{} && end == port.data() + port.size()) anchor.port = number;
  return anchor;
}

void ConfigEventer::process(const ConfigUpdate& config) {
  if (last_ == config.organizations) return;
  last_ = config.organizations;
  receiver_->update_anchors(config);
}

}  // namespace hearsay
