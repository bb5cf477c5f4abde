#include "core/node/subscribers.h"

#include <utility>

namespace hearsay {

void Subscribers::add(Subscriber& subscriber) {
  if (ended_) return subscriber.on_end();
  of_channels_.push_back(&subscriber);
}

bool Subscribers::publish(const EnvelopeRef& message) {
  const std::size_t before = deliveries_.size();
  for (Subscriber* subscriber : of_channels_) {
    if (subscriber->wants(message->message())) {
      deliveries_.push_back({subscriber, {.envelope = message}});
    }
  }
  return count_noted_since(before);
}

bool Subscribers::publish(const Received& message) {
  const std::size_t before = deliveries_.size();
  for (WireSubscriber* subscriber : wire_) {
    if (subscriber->wants(message)) deliveries_.push_back({subscriber, message});
  }
  return count_noted_since(before);
}

bool Subscribers::count_noted_since(std::size_t before) {
  const std::size_t noted = deliveries_.size() - before;
  waiting_ += static_cast<std::uint32_t>(noted);
  return noted > 0;
}

bool Subscribers::deliver_one() {
  if (deliveries_.empty()) return false;
  // Off the queue first: the handler may publish, or end everything.
  const Delivery next = std::move(deliveries_.front());
  deliveries_.pop_front();
  --waiting_;
  if (Subscriber* const* subscriber = std::get_if<Subscriber*>(&next.to)) {
    (*subscriber)->on_message(next.message.envelope);
  } else {
    std::get<WireSubscriber*>(next.to)->on_message(next.message);
  }
  return true;
}

void Subscribers::end_channels() {
  ended_ = true;
  waiting_ -= static_cast<std::uint32_t>(std::erase_if(
      deliveries_, [](const Delivery& d) { return std::holds_alternative<Subscriber*>(d.to); }));
  for (Subscriber* subscriber : std::exchange(of_channels_, {}))
    subscriber->on_end();
}

void Subscribers::end_wire() {
  waiting_ -= static_cast<std::uint32_t>(deliveries_.size());
  deliveries_.clear();
  for (WireSubscriber* subscriber : std::exchange(wire_, {}))
    subscriber->on_end();
}

}  // namespace hearsay
