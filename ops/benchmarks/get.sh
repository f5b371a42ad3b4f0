#!/usr/bin/env bash
# Times `peerdist get` of one file from a hosted cache, with daemons on this machine.
#
#   ops/benchmarks/get.sh [-s MIB] [-n ROUNDS] [-v "1 2"] [-d DIR] [-k] [-- OPTION...]
#
# A content server and a hosted cache are started, a first `get` fills the cache, and then ROUNDS more with empty data
# directories are timed. One line each: content version, wall seconds, GB/s (10^9), CPU seconds per GB of get, hosted cache and content server, peak
# resident MiB of get. OPTIONs go to the Java machine of the timed `get` alone. -d: where the data lies (default: a new
# directory under /tmp, removed at the end); -k keeps the daemons' data directory and an existing cache of an earlier -k.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
mib=1024 rounds=3 versions="1 2" dir='' keep=''
while getopts s:n:v:d:k option; do
  case $option in
    s) mib=$OPTARG ;; n) rounds=$OPTARG ;; v) versions=$OPTARG ;; d) dir=$OPTARG ;; k) keep=1 ;;
    *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))
options="$*"
[ -n "$dir" ] || dir=$(mktemp -d)
mkdir -p "$dir/files"
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  [ -n "$keep" ] || rm -rf "$dir"
}
trap cleanup EXIT

file=$dir/files/content.bin
[ -f "$file" ] || head -c "${mib}M" /dev/urandom > "$file"
peerdist=${PEERDIST:-$root/ops/peerdist}
"$peerdist" --version >/dev/null

start() { # NAME ARGUMENT...: leaves "ready ..." in $dir/NAME.out
  local name=$1
  shift
  : > "$dir/$name.out"
  "$peerdist" "$@" --bind 127.0.0.1 --http-port 0 --management-port 0 --data-dir "$dir/$name" > "$dir/$name.out" 2> "$dir/$name.err" &
  pids+=($!)
  for _ in $(seq 200); do
    grep -q '^ready' "$dir/$name.out" && return
    sleep 0.1
  done
  cat "$dir/$name.err" >&2
  return 1
}
address() { sed -n 's/^ready.* *http=\([^ ]*\).*/\1/p' "$dir/$1.out"; }
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) / hz }' "/proc/$1/stat"; }

start content-server content-server run --root "$dir/files"
start hosted-cache hosted-cache run --cache-size 6GiB
origin=${pids[0]} cache=${pids[1]}
url=http://$(address content-server)/content.bin
bytes=$(stat -c %s "$file")
get() { # VERSION DATA-DIR
  "$peerdist" get "$url" -o "$dir/out.bin" --content-version "$1" --data-dir "$2" --hosted-cache "$(address hosted-cache)" --bind 127.0.0.1 --json
}

for version in $versions; do
  for _ in 1 2 3; do # until all of it comes from the cache
    PEERDIST_JAVA_OPTS=${FILL_OPTS:-} get "$version" "$dir/first" > "$dir/fill.json" 2>> "$dir/fill.err" || true
    rm -rf "$dir/first" "$dir/out.bin"
    grep -q '"origin": *0\b\|"origin":0\b' "$dir/fill.json" && break
  done
  for _ in $(seq "$rounds"); do
    sync
    before_cache=$(cpu "$cache") before_origin=$(cpu "$origin")
    /usr/bin/env time -o "$dir/time" -f '%e %U %S %M' env PEERDIST_JAVA_OPTS="$options" PATH="$PATH" \
      "$peerdist" get "$url" -o "$dir/out.bin" --content-version "$version" --data-dir "$dir/second" \
      --hosted-cache "$(address hosted-cache)" --bind 127.0.0.1 --json > "$dir/get.json" 2> "$dir/get.err" || cat "$dir/get.err" >&2
    cmp -s "$file" "$dir/out.bin" || echo "the file differs" >&2
    tail -1 "$dir/time" | awk -v v="$version" -v b="$bytes" -v c="$(echo "$(cpu "$cache") - $before_cache" | bc)" \
      -v o="$(echo "$(cpu "$origin") - $before_origin" | bc)" -v json="$(cat "$dir/get.json")" '
      { gb = b / 1e9; match(json, /"durationMillis[^,}]*/); inside = substr(json, RSTART, RLENGTH)
        printf "V%d wall %.2f s  %.3f GB/s  CPU s/GB: get %.2f (user %.2f, kernel %.2f) cache %.2f origin %.2f  RSS %d MiB  %s\n",
          v, $1, gb / $1, ($2 + $3) / gb, $2 / gb, $3 / gb, c / gb, o / gb, $4 / 1024, inside }'
    rm -rf "$dir/second" "$dir/out.bin"
  done
done
