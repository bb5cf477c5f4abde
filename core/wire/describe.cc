#include "core/wire/describe.h"

#include <iterator>
#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "core/base/hash.h"
#include "core/wire/tags.h"

namespace hearsay {

namespace {

// Lists longer than this are cut, with how many follow.
constexpr std::size_t kShownItems = 8;
constexpr std::size_t kShownText = 64;

// Printable ASCII without spaces and quotes stays, other bytes become \xx, so that a line can be
// split at its spaces and hostile text cannot forge another.
std::string text(std::string_view s) {
  std::string out;
  for (const char c : s.substr(0, kShownText)) {
    if (c > ' ' && c < 127 && c != '\\') {
      out.push_back(c);
    } else {
      out += '\\';
      out += to_hex(std::string_view(&c, 1));
    }
  }
  if (s.size() > kShownText) out += "...";
  return out;
}

class Line {
 public:
  explicit Line(std::string& out) : out_(out) {}

  template <typename... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    if (!out_.empty()) out_.push_back(' ');
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }

  void stamp(const std::optional<PeerTime>& t) {
    if (t) add("t={}.{}", t->inc_num, t->seq_num);
  }
  void pki(std::string_view pki_id) { add("p={}", short_hex(pki_id)); }
  void metadata(std::string_view bytes) {
    if (!bytes.empty()) add("meta={}B", bytes.size());
  }

  // name=[a,b,c] of at most kShownItems items, each made by `show`.
  template <typename T, typename Show>
  void list(std::string_view name, const std::vector<T>& items, Show&& show) {
    std::string shown;
    for (std::size_t i = 0; i < items.size() && i < kShownItems; ++i) {
      if (i != 0) shown += ',';
      shown += show(items[i]);
    }
    add_list(name, shown, items.size());
  }
  void add_list(std::string_view name, std::string_view shown, std::size_t size) {
    if (size > kShownItems) {
      add("{}=[{},+{}]", name, shown, size - kShownItems);
    } else {
      add("{}=[{}]", name, shown);
    }
  }
  // The subjects of nested envelopes.
  void envelopes(std::string_view name, const std::vector<EnvelopeRef>& items) {
    list(name, items, [](const EnvelopeRef& e) -> std::string {
      if (e->malformed()) return "malformed";
      if (const auto* data = e->message().get<DataMessage>()) {
        return data->payload ? fmt::format("{}", data->payload->seq_num) : "-";
      }
      return short_hex(e->subject_pki_id());
    });
  }

  void content(const std::monostate&) {}
  void content(const EmptyMessage&) {}
  void content(const AliveMessage& m) {
    if (m.membership) {
      pki(m.membership->pki_id);
      if (!m.membership->endpoint.empty()) add("ep={}", text(m.membership->endpoint));
      metadata(m.membership->metadata);
    }
    stamp(m.timestamp);
    if (!m.identity.empty()) add("id");
  }
  void content(const MembershipRequest& m) {
    if (m.self_information) add("self=({})", describe(*m.self_information));
    if (!m.known.empty()) add("known={}", m.known.size());
  }
  void content(const MembershipResponse& m) {
    envelopes("alive", m.alive);
    envelopes("dead", m.dead);
  }
  void content(const ConnEstablish& m) {
    pki(m.pki_id);
    if (!m.identity.empty()) add("id");
    if (!m.tls_cert_hash.empty()) add("tls={}", short_hex(m.tls_cert_hash));
    if (m.probe) add("probe");
  }
  void content(const PeerIdentity& m) {
    pki(m.pki_id);
    add("cert={}B", m.cert.size());
    metadata(m.metadata);
  }
  void content(const LeadershipMessage& m) {
    pki(m.pki_id);
    stamp(m.timestamp);
    add("{}", m.is_declaration ? "declaration" : "proposal");
  }
  void content(const Acknowledgement& m) {
    if (m.error.empty()) {
      add("ok");
    } else {
      add("error={}", text(m.error));
    }
  }
  void content(const StateInfo& m) {
    pki(m.pki_id);
    stamp(m.timestamp);
    add("mac={}", short_hex(m.channel_mac));
    if (!m.properties) return;
    add("h={}", m.properties->ledger_height);
    if (m.properties->left_channel) add("left");
    if (m.properties->chaincodes.empty()) return;
    list("cc", m.properties->chaincodes,
         [](const Chaincode& c) { return text(c.name) + ':' + text(c.version); });
  }
  void content(const StateInfoSnapshot& m) { envelopes("elements", m.elements); }
  void content(const StateInfoPullRequest& m) { add("mac={}", short_hex(m.channel_mac)); }
  void content(const RemoteStateRequest& m) { add("{}..{}", m.start_seq_num, m.end_seq_num); }
  void content(const RemoteStateResponse& m) {
    list("blocks", m.payloads, [](const Payload& p) { return fmt::format("{}", p.seq_num); });
  }
  void payload(const Payload& p) {
    add("seq={} data={}B", p.seq_num, p.data.size());
    if (!p.private_data.empty()) add("private={}", p.private_data.size());
  }
  void content(const DataMessage& m) {
    if (m.payload) payload(*m.payload);
  }
  void content(const GossipHello& m) {
    add("n={}", m.nonce);
    metadata(m.metadata);
  }
  // Fabric: identities are printed in hexadecimal, other ids as text.
  void digests(const Digests& items, PullMsgType type) {
    std::string shown;
    std::size_t i = 0;
    items.for_each([&](std::string_view d) {
      if (i++ >= kShownItems) return;
      if (i > 1) shown += ',';
      shown += type == PullMsgType::kIdentity ? short_hex(d) : text(d);
    });
    add_list("items", shown, items.size());
  }
  void content(const DataDigest& m) {
    add("n={}", m.nonce);
    digests(m.digests, m.msg_type);
  }
  void content(const DataRequest& m) {
    add("n={}", m.nonce);
    digests(m.digests, m.msg_type);
  }
  void content(const DataUpdate& m) {
    add("n={}", m.nonce);
    envelopes("items", m.data);
  }
  static std::string digest(const PvtDataDigest& d) {
    return fmt::format("{}/{}/{}@{}.{}", text(d.tx_id), text(d.name_space), text(d.collection),
                       d.block_seq, d.seq_in_block);
  }
  void content(const RemotePvtDataRequest& m) { list("digests", m.digests, digest); }
  void content(const RemotePvtDataResponse& m) {
    list("elements", m.elements, [](const PvtDataElement& e) {
      return (e.digest ? digest(*e.digest) : std::string("-")) +
             fmt::format("x{}", e.payload.size());
    });
  }
  void content(const PrivateDataMessage& m) {
    if (!m.payload) return;
    const PrivatePayload& p = *m.payload;
    add("{}/{}/{} h={} rwset={}B", text(p.tx_id), text(p.name_space), text(p.collection_name),
        p.private_sim_height, p.private_rwset.size());
    if (p.collection_configs) add("config={}B", p.collection_configs->size());
  }

 private:
  std::string& out_;
};

void describe_tag(Tag tag, Line& line) {
  const std::string_view name = tag_name(tag);
  if (name == "UNKNOWN") {
    line.add("tag={}", static_cast<std::int32_t>(tag));
  } else {
    line.add("{}", name);
  }
}

}  // namespace

std::string short_hex(std::string_view bytes) {
  return bytes.empty() ? "-" : to_hex(bytes.substr(0, 4));
}

std::string describe(const GossipMessage& message) {
  std::string out = type_name(message_type(message.kind(), get_pull_msg_type(message)));
  Line line(out);
  describe_tag(message.tag, line);
  if (message.nonce != 0) line.add("nonce={}", message.nonce);
  if (!message.channel.empty()) line.add("ch={}", text(message.channel));
  std::visit([&](const auto& content) { line.content(content); }, message.content);
  return out;
}

std::string describe(const Envelope& envelope) {
  std::string out;
  Line line(out);
  if (envelope.malformed()) {
    line.add("malformed {}B", envelope.wire_size());
  } else {
    out = describe(envelope.message());
  }
  if (envelope.secret() != nullptr) line.add("secret={}", text(envelope.internal_endpoint()));
  if (!envelope.signature().empty()) line.add("sig={}B", envelope.signature().size());
  return out;
}

}  // namespace hearsay
