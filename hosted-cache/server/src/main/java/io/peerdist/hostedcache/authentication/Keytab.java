// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a keytab file holds, without the keys.
 *
 * <pre>
 * 0x05 0x02, then entries, big-endian:
 * size (4; negative: a hole) | component count (2) | realm (2 + n) | components (2 + n each) | name type (4)
 * | time stamp (4) | version (1) | encryption type (2) | key (2 + n) | version (4, may be missing)
 * </pre>
 *
 * @param entries in the order of the file, one per key
 * @see <a href="https://web.mit.edu/kerberos/krb5-latest/doc/formats/keytab_file_format.html">Keytab file format</a>
 */
record Keytab(List<Entry> entries) {
    /** A keytab of a hundred services has some 100 KiB. */
    static final int MAX_BYTES = 1 << 20;

    private static final int FORMAT = 0x0502; // 0x0501 is in the byte order of the machine that wrote it
    private static final String HTTP = "HTTP/";

    /** The name of a key: {@code HTTP/cache.corp.example@CORP.EXAMPLE}, and the number of its encryption type, RFC 3961. */
    record Entry(String principal, int encryptionType) {
        private static final int AES_FIRST = 17; // aes128-cts-hmac-sha1-96, RFC 3962
        private static final int AES_LAST = 20; // aes256-cts-hmac-sha384-192, RFC 8009

        /** Whether today's Kerberos implementations take such a key without being told to take weak ones. */
        boolean isStrong() {
            return encryptionType >= AES_FIRST && encryptionType <= AES_LAST;
        }
    }

    /** What the octets of a file say; empty when they are no keytab. */
    static Optional<Keytab> read(byte[] octets) {
        ByteBuffer in = ByteBuffer.wrap(octets);
        List<Entry> entries = new ArrayList<>();
        try {
            if (Short.toUnsignedInt(in.getShort()) != FORMAT) {
                return Optional.empty();
            }
            while (in.hasRemaining()) {
                int size = in.getInt();
                if (size == 0) {
                    break;
                }
                int length = Math.abs(size);
                if (length < 0 || length > in.remaining()) {
                    return Optional.empty();
                }
                if (size > 0) {
                    entries.add(entry(in.slice(in.position(), length)));
                }
                in.position(in.position() + length);
            }
        } catch (BufferUnderflowException e) {
            return Optional.empty(); // cut short, which no writer of keytabs leaves behind
        }
        return Optional.of(new Keytab(List.copyOf(entries)));
    }

    /** Whether {@code principal} is one that clients ask tickets of when they speak HTTP. */
    static boolean isHttp(String principal) {
        return principal.regionMatches(true, 0, HTTP, 0, HTTP.length());
    }

    private static Entry entry(ByteBuffer in) {
        int components = Short.toUnsignedInt(in.getShort());
        String realm = text(in);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < components; i++) {
            names.add(text(in));
        }
        in.getInt();
        in.getInt();
        in.get();
        int encryptionType = Short.toUnsignedInt(in.getShort());
        return new Entry(String.join("/", names) + "@" + realm, encryptionType);
    }

    private static String text(ByteBuffer in) {
        int length = Short.toUnsignedInt(in.getShort());
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] octets = new byte[length];
        in.get(octets);
        return new String(octets, StandardCharsets.UTF_8);
    }
}
