#include "analysis/deliveries.h"

#include "core/trace/names.h"

namespace hearsay::analysis {

void Deliveries::add_metrics(Metrics& out) const {
  for (std::size_t i = 0; i < kDeliverRefusals; ++i) {
    const auto why = static_cast<DeliverRefusal>(i);
    out.add({"deliver", "refused", deliver_refusal_name(why)}, refused(why));
  }
  for (std::size_t i = 0; i < kDeliverTroubles; ++i) {
    const auto why = static_cast<DeliverTrouble>(i);
    out.add({"deliver", "retries", deliver_trouble_name(why)}, retries(why));
  }
  for (std::size_t i = 0; i < kDeliverEnds; ++i) {
    const auto why = static_cast<DeliverEnd>(i);
    out.add({"deliver", "ended", deliver_end_name(why)}, ended(why));
  }
}

}  // namespace hearsay::analysis
