#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the golden vectors pccrc-*.hex: the worked examples of MS-PCCRC 3.1 to 3.7 with real hash values.
#
#   sh pccrc.sh DIRECTORY       (to renew the committed ones: DIRECTORY = ../main/resources/golden)
#
# Sizes, offsets and fields are those of the document's tables; the hashes come from openssl, so that no line of the
# codec takes part. The content is the AES-128-CTR key stream of an all-zero key and counter; the secret key is the
# document's, the ASCII string "no more secrets".
set -eu

out=${1:?usage: pccrc.sh DIRECTORY}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

zero16=00000000000000000000000000000000
segment_bytes=33554432
block_bytes=65536
c2=4d0053005f005000320050005f00430041004300480049004e0047000000 # UTF-16LE MS_P2P_CACHING, terminated

be32() { printf '%08x' "$1"; }
be64() { printf '%016x' "$1"; }
le32() { be32 "$1" | sed 's/\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/'; }
le64() { le32 "$1"; le32 0; }

# standard input to the first $2 octets of its hash $1, in hexadecimal
hash() { openssl dgst "-$1" -binary | xxd -p -c 256 | cut -c "1-$(($2 * 2))"; }
# the same for an HMAC with the key $3 (hexadecimal) over $4 (hexadecimal)
hmac() { printf %s "$4" | xxd -r -p | openssl dgst "-$1" -mac HMAC -macopt "hexkey:$3" -binary |
  xxd -p -c 256 | cut -c "1-$(($2 * 2))"; }

server_secret() { printf %s 'no more secrets' | hash "$1" "$2"; }

# name, provenance; hexadecimal on standard input
write() {
  { printf '# %s\n# Made by src/golden/pccrc.sh with openssl; content: AES-128-CTR key stream of zeros.\n' "$2"
    tr -d '\n' | fold -w 128; echo; } > "$out/$1.hex"
}

content() { head -c "$1" /dev/zero | openssl enc -aes-128-ctr -K $zero16 -iv $zero16 > "$work/content"; }

# hash name: one line per block of the content
block_hashes() {
  rm -f "$work"/block.*
  split -b $block_bytes -a 5 "$work/content" "$work/block."
  openssl dgst "-$1" -r "$work"/block.* | cut -d ' ' -f 1 > "$work/hashes-$1"
}

# name, provenance, hash, its octets, dwHashAlgo, content octets, offset in first, octets read in last, last cBlocks
v1() {
  count=$((($6 + segment_bytes - 1) / segment_bytes))
  ks=$(server_secret "$3" "$4")
  : > "$work/ids"; : > "$work/blocks"
  {
    printf 0001; le32 "$5"; le32 "$7"; le32 "$8"; le32 $count
    i=0
    while [ $i -lt $count ]; do
      offset=$((i * segment_bytes))
      length=$(($6 - offset < segment_bytes ? $6 - offset : segment_bytes))
      hashes=$(sed -n "$((i * 512 + 1)),$((i * 512 + 512))p" "$work/hashes-$3")
      hod=$(printf %s "$hashes" | xxd -r -p | hash "$3" "$4")
      kp=$(hmac "$3" "$4" "$ks" "$hod")
      le64 $offset; le32 $length; le32 $block_bytes; printf %s "$hod$kp"
      hmac "$3" "$4" "$kp" "$hod$c2" >> "$work/ids"
      listed=512
      [ $i -lt $((count - 1)) ] || listed=$9
      { le32 "$listed"; printf '%s\n' "$hashes" | head -n "$listed"; } >> "$work/blocks"
      i=$((i + 1))
    done
    cat "$work/blocks"
  } | write "$1" "$2"
  write "$1-ids" "Segment ids of: $2" < "$work/ids"
}

# name, provenance, start, index of first, offset in first, length of range, then the segments' lengths
v2() {
  name=$1; provenance=$2; start=$3
  ks=$(server_secret sha512 32)
  : > "$work/ids"
  {
    printf 000204; be64 "$3"; be64 "$4"; be32 "$5"; be64 "$6"
    shift 6
    printf 00; be32 $(($# * 68))
    offset=$start
    for length; do
      hod=$(tail -c "+$((offset + 1))" "$work/content" | head -c "$length" | hash sha512 32)
      kp=$(hmac sha512 32 "$ks" "$hod")
      be32 "$length"; printf %s "$hod$kp"
      hmac sha512 32 "$kp" "$hod$c2" >> "$work/ids"
      offset=$((offset + length))
    done
  } | write "$name" "$provenance"
  write "$name-ids" "Segment ids of: $provenance" < "$work/ids"
}

content 128000
block_hashes sha256; block_hashes sha384; block_hashes sha512
v1 pccrc-3.1 'MS-PCCRC 3.1: version 1.0, 125 KB' sha256 32 0x800c 128000 0 128000 2
v1 pccrc-3.2 'MS-PCCRC 3.2: version 1.0, 125 KB, length not stated' sha256 32 0x800c 128000 0 0 2
v1 pccrc-3.2-sha384 'As MS-PCCRC 3.2, with SHA-384' sha384 48 0x800d 128000 0 0 2
v1 pccrc-3.2-sha512 'As MS-PCCRC 3.2, with SHA-512' sha512 64 0x800e 128000 0 0 2
v1 pccrc-3.3 'MS-PCCRC 3.3: version 1.0, 100 KB to 125 KB of 125 KB' sha256 32 0x800c 128000 102400 0 2

content 131072000
block_hashes sha256
v1 pccrc-3.4 'MS-PCCRC 3.4: version 1.0, 125 MB' sha256 32 0x800c 131072000 0 $((0x1d00000)) 464
v1 pccrc-3.5 'MS-PCCRC 3.5: version 1.0, 100 KB to 124 MB of 125 MB' \
  sha256 32 0x800c 131072000 102400 $((0x1c00000)) 448

content 193536
v2 pccrc-3.6 'MS-PCCRC 3.6: version 2.0, 189 KB' 0 0 0 193536 61440 87040 45056
v2 pccrc-3.7 'MS-PCCRC 3.7 (with the one algorithm there is, 4, for 1): version 2.0, 100 KB to 110 KB of 189 KB' \
  61440 1 40960 10240 87040

# MS-PCCRC 2.5; the passphrase is "Gru", u with diaeresis, sharp s, "e ", U+1F511 KEY, in UTF-16LE
passphrase=47007200fc00df00650020003dd811dd
key=$(printf %s "$passphrase" | xxd -r -p | hash sha256 32)
{ printf %s 'no more secrets' | openssl dgst -sha256 -binary; printf %s 'no more secrets'; } |
  openssl enc -aes-256-cbc -K "$key" -iv $zero16 | xxd -p -c 256 |
  write pccrc-2.5 'MS-PCCRC 2.5: secret key file of "no more secrets", passphrase "Gr\u00fc\u00dfe \ud83d\udd11"'
