#include "sim/scenario/selectors.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "core/base/assert.h"
#include "sim/scenario/units.h"

namespace hearsay::scenario {
namespace {

using Kind = Selector::Kind;

constexpr std::string_view kForms =
    "write one such as \"org1\", \"org1/3\", \"org1/0..9\", \"*\", \"25% of org1\", \"3 of org1\", "
    "\"leader of org1 in ch1\" or \"org1 except org1/0\"";

// Keeps the tree of a text flat enough to walk.
constexpr int kMaxExcepts = 32;

std::vector<std::string_view> words_of(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  std::vector<std::string_view> words;
  while (true) {
    const auto begin = text.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) return words;
    text.remove_prefix(begin);
    const auto length = std::min(text.find_first_of(kBlank), text.size());
    words.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
}

template <typename Number>
std::optional<Number> whole(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Recursive descent over blank-separated words; one word of lookahead is enough.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), words_(words_of(text)) {}

  Result<Selector, Trouble> parse() {
    if (words_.empty()) return trouble("selects nothing");
    auto result = term();
    while (result.ok() && at_ < words_.size()) {
      if (word() != "except") {
        return trouble(
            fmt::format("has {} where \"except\" or the end was expected", shown(word())));
      }
      ++at_;
      if (++excepts_ > kMaxExcepts) {
        return trouble(fmt::format("has more than {} \"except\"", kMaxExcepts),
                       "write {\"select\": …, \"except\": [ … ]}");
      }
      auto taken_out = term();
      if (!taken_out.ok()) return taken_out;
      result = Selector::without(std::move(result.value()), std::move(taken_out.value()));
    }
    return result;
  }

 private:
  std::string_view word() const { return at_ < words_.size() ? words_[at_] : std::string_view{}; }
  std::string_view word_after() const {
    return at_ + 1 < words_.size() ? words_[at_ + 1] : std::string_view{};
  }
  Error<Trouble> trouble(std::string problem, std::string remedy = std::string(kForms)) const {
    return Error{Trouble{fmt::format("the selector {} {}", shown(text_), problem), remedy}};
  }

  Result<Selector, Trouble> term() {
    if (at_ >= words_.size()) return trouble("ends where peers were expected");
    if (word() == "leader" && word_after() == "of") return leader();
    if (word_after() == "of") return drawn();
    if (word().ends_with('%')) return trouble(fmt::format("lacks \"of\" after {}", shown(word())));
    return set();
  }

  Result<Selector, Trouble> leader() {
    at_ += 2;
    const std::string_view org = word();
    if (org.empty() || word_after() != "in" || at_ + 2 >= words_.size()) {
      return trouble("does not say whose leader in which channel",
                     "write it like \"leader of org1 in ch1\"");
    }
    Selector selector;
    selector.kind = Kind::kLeader;
    selector.org = org;
    selector.channel = words_[at_ + 2];
    at_ += 3;
    return selector;
  }

  Result<Selector, Trouble> drawn() {
    const std::string_view amount = word();
    Selector selector;
    if (amount.ends_with('%')) {
      const auto share = parse_share(amount);
      if (!share.ok())
        return trouble("has a bad share: " + share.error().problem, share.error().remedy);
      selector.kind = Kind::kShare;
      selector.share_ppm = share.value();
    } else {
      const auto count = whole<std::uint64_t>(amount);
      if (!count || *count == 0) {
        return trouble(
            fmt::format("draws {}, which is neither a number from 1 up nor a share", shown(amount)),
            "write it like \"3 of org1\" or \"25% of org1\"");
      }
      selector.kind = Kind::kCount;
      selector.count = *count;
    }
    at_ += 2;
    if (at_ >= words_.size()) return trouble("ends after \"of\"");
    auto pool = set();
    if (!pool.ok()) return pool;
    selector.parts.push_back(std::move(pool.value()));
    return selector;
  }

  Result<Selector, Trouble> set() {
    const std::string_view name = word();
    ++at_;
    Selector selector;
    if (name == "*") {
      selector.kind = Kind::kAll;
      return selector;
    }
    const auto slash = name.find('/');
    selector.org = name.substr(0, slash);
    if (selector.org.empty()) return trouble("names no organisation before \"/\"");
    if (slash == std::string_view::npos) {
      selector.kind = Kind::kOrganization;
      return selector;
    }
    selector.kind = Kind::kRange;
    const std::string_view numbers = name.substr(slash + 1);
    const auto dots = numbers.find("..");
    const auto first = whole<std::uint32_t>(numbers.substr(0, dots));
    const auto last =
        dots == std::string_view::npos ? first : whole<std::uint32_t>(numbers.substr(dots + 2));
    if (!first || !last) {
      return trouble(
          fmt::format("has {}, which is neither a peer's number nor a range", shown(numbers)),
          fmt::format("write \"{0}/3\" or \"{0}/0..9\"", selector.org));
    }
    if (*first > *last) {
      return trouble(fmt::format("has a range that runs backwards ({}..{})", *first, *last),
                     fmt::format("write \"{}/{}..{}\"", selector.org, *last, *first));
    }
    selector.first = *first;
    selector.last = *last;
    return selector;
  }

  std::string_view text_;
  std::vector<std::string_view> words_;
  std::size_t at_ = 0;
  int excepts_ = 0;
};

using Flags = std::vector<bool>;

// Who is taken out already, and who is selected so far. Parts of a list add to one `selected`.
struct Marks {
  const Flags& without;
  Flags& selected;

  void add(std::uint32_t begin, std::uint32_t end) {
    for (std::uint32_t i = begin; i < end; ++i) {
      if (!without[i]) selected[i] = true;
    }
  }
};

std::size_t amount_of(const Selector& selector, std::size_t pool) {
  if (selector.kind == Kind::kCount) {
    return static_cast<std::size_t>(std::min<std::uint64_t>(selector.count, pool));
  }
  const std::uint64_t rounded = (std::uint64_t{pool} * selector.share_ppm + 500'000) / 1'000'000;
  return std::min<std::size_t>(pool, std::max<std::uint64_t>(1, rounded));
}

// `without` is what "except" clauses around a selector take out, already before a draw.
struct Evaluation {
  const Population& population;
  const Draw* draw;          // null: everybody who could be drawn
  const LeadersOf* leaders;  // null: everybody who could lead

  Flags nobody() const { return Flags(population.total(), false); }
  Flags evaluate(const Selector& selector, const Flags& without) const {
    Flags selected = nobody();
    add(selector, {without, selected});
    return selected;
  }
  void add(const Selector& selector, Marks marks) const;
  void add_org(const Selector& selector, Marks marks) const;
  void add_drawn(const Selector& selector, Marks marks) const;
  void add_leaders(const Selector& selector, Marks marks) const;
  void add_except(const Selector& selector, Marks marks) const;
};

void Evaluation::add_org(const Selector& selector, Marks marks) const {
  const Population::Org* org = population.find(selector.org);
  if (org == nullptr) return;
  std::uint32_t begin = 0, end = org->count;
  if (selector.kind == Kind::kRange) {
    begin = std::min(selector.first, org->count);
    if (selector.last < org->count) end = selector.last + 1;
  }
  marks.add(org->first + begin, org->first + end);
}

void Evaluation::add_drawn(const Selector& selector, Marks marks) const {
  if (draw == nullptr) return add(selector.parts.at(0), marks);
  const Flags pool = evaluate(selector.parts.at(0), marks.without);
  std::vector<std::uint32_t> peers;
  for (std::uint32_t i = 0; i < pool.size(); ++i) {
    if (pool[i]) peers.push_back(i);
  }
  const std::size_t amount = amount_of(selector, peers.size());
  for (std::size_t i = 0; i < amount; ++i) {
    const auto other = i + static_cast<std::size_t>((*draw)(peers.size() - i));
    HS_ASSERT(other < peers.size());
    std::swap(peers[i], peers[other]);
    marks.selected[peers[i]] = true;
  }
}

void Evaluation::add_leaders(const Selector& selector, Marks marks) const {
  if (leaders == nullptr) return add_org(selector, marks);
  for (const PeerIndex peer : (*leaders)(selector.org, selector.channel)) {
    HS_ASSERT(raw(peer) < population.total());
    marks.add(raw(peer), raw(peer) + 1);
  }
}

void Evaluation::add_except(const Selector& selector, Marks marks) const {
  Flags without = marks.without;
  const Selector& taken_out = selector.parts.at(1);
  // When asked who could be selected, only what is surely taken out counts.
  if (draw != nullptr || (!taken_out.draws() && !taken_out.late())) {
    const Flags out = evaluate(taken_out, nobody());
    for (std::size_t i = 0; i < without.size(); ++i) {
      if (out[i]) without[i] = true;
    }
  }
  add(selector.parts.at(0), {without, marks.selected});
}

void Evaluation::add(const Selector& selector, Marks marks) const {
  switch (selector.kind) {
    case Kind::kAll:
      return marks.add(0, population.total());
    case Kind::kOrganization:
    case Kind::kRange:
      return add_org(selector, marks);
    case Kind::kShare:
    case Kind::kCount:
      return add_drawn(selector, marks);
    case Kind::kLeader:
      return add_leaders(selector, marks);
    case Kind::kExcept:
      return add_except(selector, marks);
    case Kind::kList:
      for (const Selector& part : selector.parts)
        add(part, marks);
  }
}

std::vector<PeerIndex> indices_of(const Flags& flags) {
  std::vector<PeerIndex> peers;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (flags[i]) peers.push_back(peer_index(i));
  }
  return peers;
}

bool any_part(const Selector& selector, bool (Selector::*property)() const) {
  return std::any_of(selector.parts.begin(), selector.parts.end(),
                     [&](const Selector& part) { return (part.*property)(); });
}

}  // namespace

void Population::add(std::string name, std::uint32_t peers) {
  orgs_.push_back({std::move(name), total_, peers});
  total_ += peers;
}

const Population::Org* Population::find(std::string_view name) const {
  for (const Org& org : orgs_) {
    if (org.name == name) return &org;
  }
  return nullptr;
}

std::string Population::name_of(PeerIndex peer) const {
  for (const Org& org : orgs_) {
    if (raw(peer) - org.first < org.count)
      return fmt::format("{}/{}", org.name, raw(peer) - org.first);
  }
  HS_ASSERT_MSG(false, "no such peer");
  return {};
}

Selector Selector::organization(std::string name) {
  Selector selector;
  selector.kind = Kind::kOrganization;
  selector.org = std::move(name);
  return selector;
}

Selector Selector::peer(std::string org, std::uint32_t index) {
  Selector selector;
  selector.kind = Kind::kRange;
  selector.org = std::move(org);
  selector.first = selector.last = index;
  return selector;
}

Selector selector_of(PeerIndex peer, const Population& population) {
  for (const Population::Org& org : population.orgs()) {
    if (raw(peer) - org.first < org.count) return Selector::peer(org.name, raw(peer) - org.first);
  }
  HS_ASSERT_MSG(false, "no such peer");
  return {};
}

Selector Selector::list(std::vector<Selector> parts) {
  Selector selector;
  selector.parts = std::move(parts);
  return selector;
}

Selector Selector::without(Selector from, Selector taken_out) {
  Selector selector;
  selector.kind = Kind::kExcept;
  selector.parts.push_back(std::move(from));
  selector.parts.push_back(std::move(taken_out));
  return selector;
}

bool Selector::draws() const {
  return kind == Kind::kShare || kind == Kind::kCount || any_part(*this, &Selector::draws);
}

bool Selector::late() const { return kind == Kind::kLeader || any_part(*this, &Selector::late); }

Result<Selector, Trouble> parse_selector(std::string_view text) { return Parser(text).parse(); }

bool has_text(const Selector& selector) {
  if (selector.kind == Kind::kList) return false;
  // "a except (b except c)" has no text: "except" groups to the left.
  if (selector.kind == Kind::kExcept && selector.parts.at(1).kind == Kind::kExcept) return false;
  return std::all_of(selector.parts.begin(), selector.parts.end(), has_text);
}

std::string to_text(const Selector& selector) {
  switch (selector.kind) {
    case Kind::kAll:
      return "*";
    case Kind::kOrganization:
      return selector.org;
    case Kind::kRange:
      if (selector.first == selector.last)
        return fmt::format("{}/{}", selector.org, selector.first);
      return fmt::format("{}/{}..{}", selector.org, selector.first, selector.last);
    case Kind::kShare:
      return fmt::format("{} of {}", format_share(selector.share_ppm),
                         to_text(selector.parts.at(0)));
    case Kind::kCount:
      return fmt::format("{} of {}", selector.count, to_text(selector.parts.at(0)));
    case Kind::kLeader:
      return fmt::format("leader of {} in {}", selector.org, selector.channel);
    case Kind::kExcept:
      return fmt::format("{} except {}", to_text(selector.parts.at(0)),
                         to_text(selector.parts.at(1)));
    case Kind::kList:
      break;
  }
  HS_ASSERT_MSG(false, "a list has no text");
  return {};
}

std::vector<PeerIndex> select(const Selector& selector, const Population& population,
                              const Draw& draw, const LeadersOf& leaders) {
  const Evaluation evaluation{population, &draw, &leaders};
  return indices_of(evaluation.evaluate(selector, evaluation.nobody()));
}

std::vector<PeerIndex> reach(const Selector& selector, const Population& population) {
  const Evaluation evaluation{population, nullptr, nullptr};
  return indices_of(evaluation.evaluate(selector, evaluation.nobody()));
}

}  // namespace hearsay::scenario
