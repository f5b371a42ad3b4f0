#!/usr/bin/env bash
# A file offered to the hosted cache and fetched back, in both versions, by a client that is none of ours: curl for HTTP,
# openssl for hashes and AES, python3 (standard library only) for the messages. Prints every message decoded, both ways.
# Loopback only; exits 0 when the file came back as it is. About half a minute.
#
#   ops/checks/hosted-cache-by-hand.sh [1|2]    only this version
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
peerdist=$root/ops/peerdist

for tool in python3 openssl curl; do
  command -v "$tool" >/dev/null || { echo "$tool is needed: apt-get install -y $tool" >&2; exit 1; }
done
case ${1:-both} in
  both) versions=(2 1) ;;
  1 | 2) versions=("$1") ;;
  *) echo "usage: ops/checks/hosted-cache-by-hand.sh [1|2]" >&2; exit 2 ;;
esac

"$peerdist" --version >/dev/null || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/peerdist-by-hand.XXXXXX")
failures=0
declare -A pids=() ready=()

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

start() { # name, then the command
  local name=$1 line=
  shift
  "$peerdist" "$@" --bind 127.0.0.1 --http-port 0 --management-port 0 --data-dir "$work/$name" --trace --log-format plain \
    >"$work/$name.out" 2>>"$work/$name.log" &
  pids[$name]=$!
  for _ in $(seq 300); do
    line=$(grep -m1 '^ready ' "$work/$name.out") && break
    kill -0 "${pids[$name]}" 2>/dev/null || break
    read -rt 0.1 <> <(:) || :
  done
  [ -n "$line" ] || { echo "the $name did not start:" >&2; cat "$work/$name.log" >&2; exit 1; }
  ready[$name]=$line
}

address() { # name, http or https
  sed -n "s/.* $2=\([^ ]*\).*/\1/p" <<<"${ready[$1]}"
}

by_hand() { # version
  python3 "$root/ops/checks/hosted_cache_by_hand.py" --content-version "$1" --work "$work" --file "$work/files/v$1.bin" \
    --origin "http://$(address origin http)/v$1.bin" --cache "$(address cache http)" --cache-https "$(address cache https)"
}

no_secrets() { # file: what the python client remembered stands nowhere in it, in either letter case
  [ -s "$work/secrets" ] && grep -q 'TRACE trace' "$1" && ! grep -qiFf "$work/secrets" "$1"
}

mkdir "$work/files"
head -c 150001 /dev/urandom >"$work/files/v2.bin"
head -c 150001 /dev/urandom >"$work/files/v1.bin"
https=()
grep -q -- --https-port < <("$peerdist" hosted-cache run --help) && https=(--https-port 0)
start origin content-server run --root "$work/files"
start cache hosted-cache run "${https[@]}" --cache-size 1GiB

for version in "${versions[@]}"; do
  if [ "$version" = 1 ] && [ -z "$(address cache https)" ]; then
    echo "FAIL  version 1: this hosted cache has no HTTPS port"
    failures=$((failures + 1))
    continue
  fi
  echo "==== version $version"
  echo
  by_hand "$version"
  check "version $version: offered, pulled, fetched, decrypted, compared" [ $? = 0 ]
  echo
done

for name in origin cache; do
  echo "==== --trace of the $name"
  grep ' trace ' "$work/$name.log" | cut -c1-600
  echo
  check "--trace of the $name tells no segment secret" no_secrets "$work/$name.log"
done
[ "$failures" = 0 ] && echo "all checks passed" || echo "$failures checks failed"
[ "$failures" = 0 ]
