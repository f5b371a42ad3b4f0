#!/usr/bin/env bash
# The whole path with the real programs on loopback: every size and version through peerdist get and curl, a hosted cache
# killed and started again, a flipped byte on its disk, and the memory of every process while 1 GiB passes.
# Prints one line a check and exits 0 when all pass. Needs curl; about 3 minutes and 6 GiB of disk in $TMPDIR.
set -uo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
peerdist=$root/ops/peerdist
work=$(mktemp -d "${TMPDIR:-/tmp}/peerdist-first-light.XXXXXX")
failures=0
declare -A pids=() ports=()

command -v curl >/dev/null || { echo "curl is needed: apt-get install -y curl" >&2; exit 1; }

finish() {
  for name in "${!pids[@]}"; do kill "${pids[$name]}" 2>/dev/null && wait "${pids[$name]}" 2>/dev/null; done
  rm -rf "$work"
}
trap finish EXIT

check() { # description, then a command
  local what=$1
  shift
  if "$@"; then echo "ok    $what"; else echo "FAIL  $what"; failures=$((failures + 1)); fi
}

start() { # name, then the command; sets ports[name]
  local name=$1 line
  shift
  "$peerdist" "$@" >"$work/$name.out" 2>>"$work/$name.err" &
  pids[$name]=$!
  for _ in $(seq 300); do
    line=$(grep -m1 '^ready ' "$work/$name.out")
    [ -n "$line" ] && break
    kill -0 "${pids[$name]}" 2>/dev/null || break
    read -rt 0.1 <> <(:) || :
  done
  [ -n "$line" ] || { echo "$name did not start:" >&2; cat "$work/$name.err" >&2; exit 1; }
  ports[$name]=$(sed -n 's/.* http=[^ ]*:\([0-9]*\).*/\1/p' <<<"$line")
}

cache_run() { # port
  start cache hosted-cache run --data-dir "$work/cache" --bind 127.0.0.1 --http-port "$1" --management-port 0 --cache-size 6GiB
}

get() { # agent, version, file, more options...
  local agent=$1 version=$2 file=$3
  shift 3
  "$peerdist" get "http://127.0.0.1:${ports[origin]}/$file" --hosted-cache "127.0.0.1:${ports[cache]}" --bind 127.0.0.1 \
    --content-version "$version" --data-dir "$work/$agent" -o "$work/out-$agent" --json "$@" 2>>"$work/$agent.err" >"$work/json-$agent"
}

same() { cmp -s "$1" "$2"; }

number() { # agent, key in its summary
  sed -n "s/.*\"$2\": *\([0-9]*\).*/\1/p" "$work/json-$1"
}

"$peerdist" --version >/dev/null || exit 1
mkdir "$work/files"
sizes=(0 1 65535 65536 65537 131073 33554432 33554433)
for size in "${sizes[@]}"; do head -c "$size" /dev/urandom >"$work/files/$size"; done
head -c 8388608 /dev/urandom >"$work/files/flipped"
head -c 1073741824 /dev/urandom >"$work/files/gibibyte"

start origin content-server run --root "$work/files" --bind 127.0.0.1 --http-port 0 --management-port 0 --data-dir "$work/origin"
cache_run 0

for size in "${sizes[@]}"; do
  check "$size octets by curl" same "$work/files/$size" <(curl -sS "http://127.0.0.1:${ports[origin]}/$size")
  for version in 1 2; do
    for agent in a$version b$version; do
      get "$agent" "$version" "$size"
      check "$size octets by get, version $version, agent $agent" same "$work/files/$size" "$work/out-$agent"
    done
    check "$size octets, version $version: agent b$version took nothing from the origin" [ "$(number b$version origin)" = 0 ]
  done
done

kill -9 "${pids[cache]}"
wait "${pids[cache]}" 2>/dev/null
cache_run "${ports[cache]}"
for version in 1 2; do
  get c$version $version 33554433
  check "hosted cache killed and started again, version $version: the same bytes" same "$work/files/33554433" "$work/out-c$version"
  check "hosted cache killed and started again, version $version: all from it" [ "$(number c$version hostedCache)" = 33554433 ]
done

get d1 2 flipped
kill "${pids[cache]}"
wait "${pids[cache]}" 2>/dev/null
newest=$(find "$work/cache" -name '*.extent' | sort | tail -1)
perl -e '
  # One bit, well inside what the newest extent holds.
  open(my $extent, "+<:raw", $ARGV[0]) or die $!;
  local $/; my $data = <$extent>; $data =~ s/\0+$//;
  my $at = length($data) - 1_000_000;
  seek($extent, $at, 0); print $extent chr(ord(substr($data, $at, 1)) ^ 1);' "$newest" || exit 1
cache_run "${ports[cache]}"
get d2 2 flipped --no-offer
check "one flipped octet in the block log: the file is right" same "$work/files/flipped" "$work/out-d2"
check "one flipped octet in the block log: just that block from the origin ($(number d2 origin) octets)" \
  [ "$(number d2 origin)" -gt 0 -a "$(number d2 origin)" -le 131072 ]

peak() { # pid: the highest resident memory so far, in KiB
  sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status" 2>/dev/null
}
for agent in e1 e2; do
  get $agent 2 gibibyte &
  pid=$!
  highest=0
  while kill -0 $pid 2>/dev/null; do
    # The launcher replaces itself with the Java machine; its peak is read while it lives.
    java=$(pgrep -P $pid 2>/dev/null | head -1)
    now=$(peak "${java:-$pid}")
    [ "${now:-0}" -gt "$highest" ] && highest=$now
    read -rt 0.05 <> <(:) || :
  done
  wait $pid
  check "1 GiB by agent $agent" same "$work/files/gibibyte" "$work/out-$agent"
  check "1 GiB: agent $agent stays under 300 MiB (peak $((highest / 1024)) MiB, $(number $agent durationMillis) ms)" [ "$highest" -lt 307200 ]
done
for daemon in origin cache; do
  now=$(peak "${pids[$daemon]}")
  check "1 GiB: the $daemon stays under 300 MiB (peak $((now / 1024)) MiB)" [ "$now" -lt 307200 ]
done

echo
[ "$failures" = 0 ] && echo "all checks passed" || echo "$failures checks failed"
[ "$failures" = 0 ]
