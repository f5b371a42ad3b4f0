#!/usr/bin/env bash
# Boots iPXE from a content server through a hosted cache, all on this machine, and shows where the bytes came from.
#
#   ops/ipxe/boot.sh IPXE_IMAGE   an iPXE built with HTTP_ENC_PEERDIST (see ops/docs/ipxe.md): *.lkrn, *.iso, *.usb or another
#                                 disk image in qemu-system-x86_64, or the program *.linux made with the driver slirp
#   ops/ipxe/boot.sh              without one: sends the requests that iPXE sends, octet for octet, by curl
#
# Prints one line a check and exits 0 when all pass. Needs curl; runs in a network of its own, without a way out, where the
# system allows it. QEMU_OPTIONS: more options for qemu, such as "-bios OVMF.fd". TIMEOUT: seconds for the boot, default 120.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
peerdist=$root/ops/peerdist
image=${1:-}
timeout=${TIMEOUT:-120}
guest_host=10.0.2.2 # this machine, as the guest of qemu's and slirp's user network sees it

fail() { echo "boot.sh: $1" >&2; exit "${2:-1}"; }

[ $# -le 1 ] || fail "usage: ops/ipxe/boot.sh [IPXE_IMAGE]" 2
command -v curl >/dev/null || fail "curl is needed: apt-get install -y curl"
if [ -n "$image" ]; then
  [ -r "$image" ] || fail "$image: cannot be read" 2
  case $image in
    *.linux) [ -x "$image" ] || fail "$image: cannot be executed" 2 ;;
    *) command -v qemu-system-x86_64 >/dev/null || fail "qemu is needed: apt-get install -y qemu-system-x86" ;;
  esac
fi

if [ -z "${PEERDIST_BOOT_NETWORK:-}" ]; then
  "$peerdist" --version >/dev/null || exit 1 # builds, which may need the network
  if command -v ip >/dev/null && unshare -rn true 2>/dev/null; then
    # shellcheck disable=SC2016 # for the inner shell
    PEERDIST_BOOT_NETWORK=own exec unshare -rn sh -c 'ip link set lo up && exec "$0" "$@"' "$0" "$@"
  fi
  echo "note  no network of its own (unshare -rn is refused or ip is missing): the guest could reach yours"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/peerdist-ipxe.XXXXXX")
failures=0
declare -A pids=() ports=() managements=()

finish() {
  for name in "${!pids[@]}"; do kill "${pids[$name]}" 2>/dev/null && wait "${pids[$name]}" 2>/dev/null; done
  if [ "$failures" = 0 ]; then rm -rf "$work"; else echo "logs are in $work"; fi
}
trap finish EXIT

check() { # description, then a command
  local what=$1
  shift
  if "$@"; then echo "ok    $what"; else echo "FAIL  $what"; failures=$((failures + 1)); fi
}

pause() { read -rt 0.1 <> <(:) || :; }

start() { # name, then the command
  local name=$1 line=
  shift
  "$peerdist" "$@" --bind 127.0.0.1 --http-port 0 --management-port 0 --data-dir "$work/$name" --trace --log-format plain \
    >"$work/$name.out" 2>>"$work/$name.log" &
  pids[$name]=$!
  for _ in $(seq 300); do
    line=$(grep -m1 '^ready ' "$work/$name.out") && break
    kill -0 "${pids[$name]}" 2>/dev/null || break
    pause
  done
  [ -n "$line" ] || { cat "$work/$name.log" >&2; fail "the $name did not start"; }
  ports[$name]=$(sed -n 's/.* http=[^ ]*:\([0-9]*\).*/\1/p' <<<"$line")
  managements[$name]=$(sed -n 's/.* management=\([^ ]*\).*/\1/p' <<<"$line")
}

metric() { # daemon, name, label text that the line must have
  curl -sS "http://${managements[$1]}/metrics" | grep "^$2{" | grep -F -- "$3" | awk '{ sum += $NF } END { printf "%d\n", sum }'
}

figures() { # into the associative array named $1
  local -n into=$1
  into[information]=$(metric origin peerdist_origin_sent_bytes_total 'kind="peerdist"')
  into[plain]=$(metric origin peerdist_origin_sent_bytes_total 'kind="plain"')
  into[missing]=$(metric origin peerdist_origin_sent_bytes_total 'kind="missing"')
  into[served]=$(metric cache peerdist_served_bytes_total 'role="hosted_cache"')
  into[hits]=$(metric cache peerdist_block_requests_total 'message="get_blocks",result="served"')
  into[misses]=$(metric cache peerdist_block_requests_total 'message="get_blocks",result="empty"')
}

boot_script() {
  sed "s/@ORIGIN@/http:\/\/$guest_host:${ports[origin]}/; s/@PEERHOST@/$guest_host:${ports[cache]}/" "$root/ops/ipxe/boot.ipxe"
}

mkdir "$work/files" "$work/tftp"
declare -A sizes=([small]=100000 [large]=16777217 [uncached]=300001)
for name in "${!sizes[@]}"; do head -c "${sizes[$name]}" /dev/urandom >"$work/files/$name.bin"; done
printf '#!ipxe\necho peerdist-boot stage2 runs\n' >"$work/files/stage2.ipxe"

start origin content-server run --root "$work/files"
start cache hosted-cache run --cache-size 1GiB
boot_script >"$work/tftp/boot.ipxe"
cp "$work/tftp/boot.ipxe" "$work/files/boot.ipxe"
for file in boot.ipxe small.bin large.bin stage2.ipxe; do
  "$peerdist" get "http://127.0.0.1:${ports[origin]}/$file" --hosted-cache "127.0.0.1:${ports[cache]}" --bind 127.0.0.1 \
    --data-dir "$work/agent" -o "$work/got" --quiet 2>>"$work/agent.log" || fail "peerdist get could not fill the hosted cache with $file: $(tail -1 "$work/agent.log")"
done
# Asked for once, so that its hashes are there when iPXE comes; offered to nobody.
"$peerdist" get "http://127.0.0.1:${ports[origin]}/uncached.bin" --no-offer --mode local --bind 127.0.0.1 \
  --data-dir "$work/agent" -o "$work/got" --quiet 2>>"$work/agent.log" || fail "peerdist get could not fetch uncached.bin"
: >"$work/origin.log"
: >"$work/cache.log"

run_image() { # until the script ends, or time is up
  local media
  case $image in
    *.linux)
      # Its network card takes settings, no TFTP server: the script comes over HTTP, and through the hosted cache too.
      "$image" --net "slirp,filename=http://$guest_host:${ports[origin]}/boot.ipxe,peerhost=$guest_host:${ports[cache]}" \
        <"$work/console.in" >"$work/console" 2>&1 &
      ;;
    *)
      case $image in
        *.lkrn) media=(-kernel "$image") ;;
        *.iso) media=(-cdrom "$image") ;;
        *) media=(-drive "file=$image,format=raw,snapshot=on") ;;
      esac
      # shellcheck disable=SC2086 # several options in one variable
      qemu-system-x86_64 -machine accel=tcg,graphics=off -m 256 -display none -monitor none -serial stdio -no-reboot \
        -netdev "user,id=lan,tftp=$work/tftp,bootfile=boot.ipxe" -device virtio-net-pci,netdev=lan,romfile= \
        "${media[@]}" ${QEMU_OPTIONS:-} <"$work/console.in" >"$work/console" 2>&1 &
      ;;
  esac
  pids[guest]=$!
  for _ in $(seq $((timeout * 10))); do
    grep -qa 'peerdist-boot end' "$work/console" && break
    kill -0 "${pids[guest]}" 2>/dev/null || break
    pause
  done
}

# What a person reads of a console that draws.
console() { tr -d '\000' <"$work/console" | tr '\r' '\n' | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g'; }

guest_has() { grep -q -- "$1" < <(console); }

boot() {
  mkfifo "$work/console.in"
  exec 7<>"$work/console.in" # a console where nobody types
  run_image
  exec 7>&-
  echo
  console | grep -v '^ *$' | tail -40 | sed 's/^/guest | /'
  echo
  check "iPXE came to the end of its script" guest_has 'peerdist-boot end'
  check "the script fetched as stage2.ipxe ran" guest_has 'peerdist-boot stage2 runs'
  guest_has 'sha256sum: command not found' \
    && echo "note  this iPXE was built without DIGEST_CMD and computes no SHA-256; of PeerDist it has verified each block"
  for name in small large uncached; do
    check "length of $name.bin in the guest" guest_has "$name : ${sizes[$name]} bytes"
    guest_has 'sha256sum: command not found' \
      || check "SHA-256 of $name.bin in the guest" guest_has "$(sha256sum "$work/files/$name.bin" | cut -d' ' -f1)  $name"
  done
}

octets() { # hexadecimal digits as octets
  # shellcheck disable=SC2059 # the digits are the format
  printf "$(sed 's/../\\x&/g' <<<"$1")"
}

ask_cache() { # segment id: one block, as iPXE asks; the length of the answer
  octets "0000000100000003000000440000000100000020${1}00000001000000000000000100000000" >"$work/request"
  curl -sS -o "$work/answer" -w '%{size_download}' -H 'Accept:' -H 'Content-Type:' -H 'User-Agent: iPXE/2.0.0+' \
    --data-binary "@$work/request" "http://127.0.0.1:${ports[cache]}/116B50EB-ECE2-41ac-8429-9F9E963361B7/"
}

play() { # file: what iPXE does to fetch it
  local url=http://127.0.0.1:${ports[origin]}/$1.bin held=0 missing=0 end=0 offset size blocks id length
  echo "GET /$1.bin with Accept-Encoding: peerdist"
  curl -sS -D "$work/head" -o "$work/information" -H 'Accept:' -H 'Accept-Encoding: peerdist' -H 'User-Agent: iPXE/2.0.0+' \
    -H 'X-P2P-PeerDistEx: MinContentInformation=1.0, MaxContentInformation=2.0' -H 'X-P2P-PeerDist: Version=1.1' "$url"
  grep -iE '^(HTTP|content-encoding|content-length|x-p2p)' "$work/head" | tr -d '\r' | sed 's/^/  /'
  while read -r offset size blocks id; do
    [ "$blocks" = 1/1 ] || fail "$1.bin: segments of several blocks (expected: version 2.0)"
    length=$(ask_cache "$id")
    if [ "$length" -gt "$size" ]; then
      held=$((held + 1))
    else
      missing=$((missing + size))
      curl -sS -o /dev/null -H 'Accept:' -H "Range: bytes=$offset-$((offset + size - 1))" -H 'User-Agent: iPXE/2.0.0+' \
        -H 'X-P2P-PeerDist: Version=1.1, MissingDataRequest=true' "$url"
    fi
    end=$((offset + size))
  done < <("$peerdist" content-info show "$work/information" | grep -E ' [0-9]+/[0-9]+ +[0-9a-f]{64}$')
  echo "  $held segments from the hosted cache, $missing octets by range from the content server"
  check "$1.bin: the segments are its whole length" [ "$end" = "${sizes[$1]}" ]
}

declare -A before=() after=()
figures before
if [ -n "$image" ]; then
  boot
else
  echo "note  no iPXE image given: its requests are sent by curl"
  for name in small large uncached; do play $name; done
fi
figures after

delta() { echo $((after[$1] - before[$1])); }

echo
echo "trace of the content server, the first lines:"
grep -a ' trace ' "$work/origin.log" | head -6 | cut -c1-400 | sed 's/^/  /'
echo "trace of the hosted cache, the first lines:"
grep -a ' trace ' "$work/cache.log" | head -6 | cut -c1-400 | sed 's/^/  /'
echo
printf '%-72s %12s\n' \
  "content server, octets of content information" "$(delta information)" \
  "content server, octets of blocks that the hosted cache had not" "$(delta missing)" \
  "content server, octets without PeerDist" "$(delta plain)" \
  "hosted cache, blocks served" "$(delta hits)" \
  "hosted cache, blocks it had not" "$(delta misses)" \
  "hosted cache, octets of blocks served, as encrypted" "$(delta served)"
echo
[ "$(delta plain)" -gt 0 ] && [ "$(delta information)" = 0 ] && echo "note  this iPXE was built without HTTP_ENC_PEERDIST"
check "the hosted cache served small.bin and large.bin" [ "$(delta served)" -ge $((sizes[small] + sizes[large])) ]
check "the content server sent exactly uncached.bin as blocks" [ "$(delta missing)" = "${sizes[uncached]}" ]
[ "$failures" = 0 ] && echo "all checks passed" || echo "$failures checks failed"
[ "$failures" = 0 ]
