#!/usr/bin/env bash
# One digest for each scenario, whatever compiled the program and however it runs.
#
# Runs shipped scenarios with the program as g++ -O2, g++ -O0 and clang++ made it, with messages shared and as
# bytes, on SimGrid's clock and on the plain one. Prints a table; ends with 4 when a scenario has two digests,
# with 3 when a run gives none.
#
# HS_BINARIES="name=path name=path …" uses these programs instead of building.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Every shipped scenario, the large one made small: scenario and what to set.
cases=("membership duration=40s organizations.0.peers=50")
for file in "$root"/scenarios/*.json; do
  name=$(basename "$file" .json)
  [[ $name == schema || $name == membership ]] || cases+=("$name")
done
kinds=(release O0 clang)
modes=("shared simgrid" "shared plain" "bytes simgrid" "bytes plain")

declare -a names=()
declare -A program=()
if [[ -n ${HS_BINARIES:-} ]]; then
  for pair in $HS_BINARIES; do
    names+=("${pair%%=*}")
    program[${pair%%=*}]=$(realpath "${pair#*=}")
  done
else
  for kind in "${kinds[@]}"; do
    "$root/dev" build "$kind" hearsay
    names+=("$kind")
    program[$kind]=$root/build/$kind/hearsay
  done
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# one NAME WIRE CLOCK SCENARIO [SET...]: writes the digest, or nothing, to a file of its own.
one() {
  local name=$1 wire=$2 clock=$3 scenario=$4
  shift 4
  local out=$work/$scenario-$name-$wire-$clock sets=(--set 'expect=[]') set
  for set in "$@"; do sets+=(--set "$set"); done
  "${program[$name]}" run "$root/scenarios/$scenario.json" "${sets[@]}" --wire "$wire" --clock "$clock" \
    --trace none --quiet --out "$out" 2>"$out.err" || echo "ended with $?" >>"$out.err"
  : >"$out.digest"
  [[ ! -f $out/summary.json ]] ||
    sed -n 's/^  "digest": "\([0-9a-f]*\)",$/\1/p' "$out/summary.json" >"$out.digest"
}

cores=$(nproc)
for words in "${cases[@]}"; do
  read -ra case_words <<<"$words"
  for name in "${names[@]}"; do
    for mode in "${modes[@]}"; do
      while (($(jobs -rp | wc -l) >= cores)); do wait -n; done
      # shellcheck disable=SC2086
      one "$name" $mode "${case_words[@]}" &
    done
  done
done
wait

differs=() silent=()
printf '%-14s %-10s %-8s %-8s %s\n' scenario program wire clock digest
for words in "${cases[@]}"; do
  scenario=${words%% *}
  first=
  for name in "${names[@]}"; do
    for mode in "${modes[@]}"; do
      read -r wire clock <<<"$mode"
      out=$work/$scenario-$name-$wire-$clock
      digest=$(<"$out.digest")
      note=
      if [[ -z $digest ]]; then
        silent+=("$scenario, $name, $wire, $clock: $(head -n 1 "$out.err")")
        note="no digest"
      elif [[ $digest != "${first:=$digest}" ]]; then
        differs+=("$scenario, $name, $wire, $clock")
        note="  <-- differs"
      fi
      printf '%-14s %-10s %-8s %-8s %s%s\n' "$scenario" "$name" "$wire" "$clock" "$digest" "$note"
    done
  done
done

if ((${#silent[@]} > 0)); then
  printf 'no digest: %s\n' "${silent[@]}" >&2
  exit 3
fi
if ((${#differs[@]} > 0)); then
  printf 'another digest than the first of its scenario: %s\n' "${differs[@]}" >&2
  exit 4
fi
echo "one digest for each of ${#cases[@]} scenarios in ${#names[@]} programs and ${#modes[@]} modes"
