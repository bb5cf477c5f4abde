#!/usr/bin/env bash
# compare.sh PROGRAM PAGE: the program prints what stands in the page's last ```text block; figures may differ.
set -euo pipefail
shown=$(awk '/^```text$/ { text = ""; inside = 1; next } /^```$/ { inside = 0 }
             inside { text = text $0 "\n" } END { printf "%s", text }' "$2")
printed=$("$1")
without_figures() { sed -E 's/[0-9]+/N/g' <<<"$1"; }
diff <(without_figures "$shown") <(without_figures "$printed")
