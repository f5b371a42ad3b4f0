#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes manifest-page.hex, manifest-private-key.hex and manifest-public-key.hex into the directory given: a signed page
# of spec/manifest.md, signed by openssl, so that our format and signature are compared with another implementation.
# ManifestIT runs this again and compares with the files kept as resources; Ed25519 signatures are deterministic.
#
# Key: the octets 00 01 02 ... 1f. Entries 8 and 9 of 10: the worked examples MS-PCCRC 3.1 and 3.6.
set -eu
out=${1:?usage: manifest.sh DIRECTORY}
resources=$(dirname "$0")/../main/resources/golden
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

octets() { grep -v '^#' "$resources/$1.hex" | tr -d '\n'; }
entry() { content=$(octets "$1"); printf '%08x%s' $((${#content} / 2)) "$content"; }
# name, what it is; octets on standard input
write() {
    { printf '# %s\n# Made by src/golden/manifest.sh with openssl.\n' "$2"; od -An -v -tx1 | tr -d ' '; } >"$out/$1.hex"
}

seed=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
printf '302e020100300506032b657004220420%s' $seed | xxd -r -p >"$work/key.der"
openssl pkey -inform DER -in "$work/key.der" -out "$work/key.pem"
openssl pkey -in "$work/key.pem" -pubout -outform DER -out "$work/public.der"

{
    printf 50444d46
    printf 0001
    printf 0000
    printf a0a1a2a3a4a5a6a7a8a9aaabacadaeaf
    printf '%016x' 7 9 10 1790000000
    printf '%08x' 2
    entry pccrc-3.1
    entry pccrc-3.6
} | xxd -r -p >"$work/body"
{ printf 'peerdist manifest v1\0'; cat "$work/body"; } >"$work/signed"
openssl pkeyutl -sign -rawin -inkey "$work/key.pem" -in "$work/signed" -out "$work/signature"

cat "$work/body" "$work/signature" | write manifest-page 'A page of two entries, signed with manifest-private-key'
write manifest-private-key 'PKCS #8 of an Ed25519 key, the octets 00 to 1f' <"$work/key.der"
write manifest-public-key 'SubjectPublicKeyInfo of manifest-private-key' <"$work/public.der"
