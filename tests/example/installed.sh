#!/usr/bin/env bash
# installed.sh CMAKE BUILD_DIR COMPILER PAGE: installs the build, moves the tree, builds the program of PAGE
# against it as a stranger would, and compares what it prints.
set -euo pipefail
cmake=$1 build=$2 compiler=$3 page=$4
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$cmake" --install "$build" --prefix "$work/first" >/dev/null
mv "$work/first" "$work/moved"
if grep -rlF -e "$work/first" -e "$build" -- "$work/moved"/lib*/cmake; then
  echo "the files above name a folder of this machine: the tree cannot be moved" >&2
  exit 1
fi
"$cmake" -G Ninja -S "$here/installed" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/moved" \
  -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=Release >/dev/null
"$cmake" --build "$work/build"
"$here/compare.sh" "$work/build/own_program" "$page"
