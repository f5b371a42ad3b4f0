#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes block-cipher-aes-{128,192,256}.hex into the directory given: blocks encrypted by openssl, so that our encryption
# is compared with another implementation. BlockCipherIT runs this again and compares with the files kept as resources.
#
# Plaintext: the first N octets of the decimal numbers from 1, one per line. Key: the octets 00 01 02 ..., as long as
# the algorithm wants. Vector: the octets f0 f1 ... ff.
set -eu
out=${1:?usage: block-cipher.sh DIRECTORY}
iv=f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff
key=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f

plaintext() {
    seq 1 40000 | head -c "$1"
}

encrypt() {
    plaintext "$2" | openssl enc "-aes-$1-cbc" -K "$(printf %s "$key" | cut -c "1-$(($1 / 4))")" -iv "$iv"
}

hex() {
    od -An -v -tx1 | tr -d ' '
}

for bits in 128 192 256; do
    {
        echo "# AES-$bits-CBC with PKCS #7 padding, made by openssl enc; see src/golden/block-cipher.sh."
        echo "# $(openssl version)"
        for bytes in 1 15 16 17 1000; do
            echo "# $bytes octets"
            encrypt "$bits" "$bytes" | hex
        done
        for bytes in 65535 65536 131072; do
            echo "# SHA-256 of $bytes octets encrypted"
            encrypt "$bits" "$bytes" | openssl dgst -sha256 -binary | hex
        done
    } >"$out/block-cipher-aes-$bits.hex"
done
