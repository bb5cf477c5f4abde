#!/usr/bin/env bash
# Which engine takes the CPU time of a run.
#
# engines.sh PROGRAM SCENARIO [FLAG...]: runs `PROGRAM run SCENARIO FLAG...` under perf and prints the shares of
# its samples by engine. A function inlined into another counts as that one. Ends with 3 when perf cannot sample
# here (kernel.perf_event_paranoid above 2, or a machine without counters).
set -euo pipefail

[[ $# -ge 2 ]] || { echo "usage: engines.sh PROGRAM SCENARIO [FLAG...]" >&2; exit 2; }
program=$1
shift
command -v perf >/dev/null || { echo "engines.sh: perf is not installed (linux-perf)" >&2; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# As `hearsay run` would set it, so that it does not start itself once more.
export GLIBC_TUNABLES=${GLIBC_TUNABLES:-glibc.malloc.hugetlb=1}
if ! perf record --quiet -F 999 -o "$work/perf.data" "$program" run "$@" --trace none --quiet --out "$work/run" \
  2>"$work/err" || [[ ! -s $work/perf.data ]]; then
  cat "$work/err" >&2
  exit 3
fi

# An engine is the first row that matches a line of "<share> <object> <function>".
perf report -i "$work/perf.data" --no-children --stdio -F overhead,dso,sym 2>/dev/null |
  awk '
    function is(pattern) { return $0 ~ pattern }
    /^#/ || NF < 3 { next }
    {
      share = $1 + 0
      if (is("libsimgrid")) engine = "clock of SimGrid"
      else if (is("hearsay::sim::(Calendar|EventHeap|NodeClock|World|SimGridDriver|PlainDriver|before)") ||
               is("insertion_sort|__introsort_loop<hearsay::sim::Event")) engine = "calendar and timers"
      else if (is("hearsay::sim::(Network|VirtualTransport|Streams|Dialler|AccessLinks|Lat|Link|Conn|Rule)"))
        engine = "network"
      else if (is("hearsay::analysis::|Sink|TraceFan|Deliveries")) engine = "observers and digest"
      else if (is("hearsay::sim::(Block|Orderer|Ordered|Chain|Stream)|[dD]eliver[A-Z]|Election"))
        engine = "orderers, deliver, election"
      else if (is("hearsay::(Comm|Connection|AckTracker|judge_handshake|make_handshake)")) engine = "comm"
      else if (is("Pull|hearsay::Identity")) engine = "pull and identities"
      else if (is("hearsay::(State|PayloadBuffer|CommitPump)")) engine = "state transfer and commit"
      else if (is("hearsay::(Channel|LatestStore|BlockIntake|Subscribers)")) engine = "channels and state information"
      else if (is("hearsay::(Membership|View|Disclosure|SweepGrid)|IndexBits")) engine = "membership"
      else if (is("hearsay::(Router|Emitter|MessageStore|Gossiper)")) engine = "router, emitter, stores"
      else if (is("hearsay::(Node|Context|Directory|LookupMap)|GossipPeer")) engine = "node and directory"
      else if (is("libprotobuf|hearsay::(Envelope|encode|decode|serialize|wire_size|fingerprint|proto)|Ref<"))
        engine = "wire"
      else if (is("Crypto|libxxhash|libcrypto|XXH")) engine = "signatures and hashes"
      else if (is("malloc|_int_free|cfree|operator (new|delete)|kernel|memmove|memcpy|memset")) engine = "memory, kernel"
      else engine = "other"
      sum[engine] += share
      total += share
    }
    END {
      for (engine in sum) printf "%5.1f %%  %s\n", 100 * sum[engine] / total, engine
    }' | sort -rn
