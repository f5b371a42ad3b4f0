// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * What the Authorization field of a request holds, RFC 4559 4: {@code Negotiate} and a token in base64.
 */
final class NegotiateCredentials {
    /**
     * The longest token as base64. http.sys takes header fields of 16 KiB unless told otherwise (MaxFieldLength), and the
     * listener takes 32 KiB of them in all.
     */
    static final int MAX_BASE64_CHARS = 24 * 1_024;

    private static final String NEGOTIATE = "Negotiate";
    private static final String NTLM = "NTLM";

    private static final byte[] NTLM_MESSAGE = "NTLMSSP\0".getBytes(StandardCharsets.US_ASCII); // MS-NLMP 2.2.1
    // As object identifiers stand in a token: 1.3.6.1.4.1.311.2.2.10, 1.2.840.113554.1.2.2 and, of a bug of Windows
    // 2000
    // that every client has kept, 1.2.840.48018.1.2.2 (MS-SPNG 3.1.5.2)
    private static final byte[] NTLM_MECHANISM = {6, 10, 43, 6, 1, 4, 1, (byte) 130, 55, 2, 2, 10};
    private static final byte[] KERBEROS_MECHANISM = {6, 9, 42, (byte) 134, 72, (byte) 134, (byte) 247, 18, 1, 2, 2};
    private static final byte[] WINDOWS_KERBEROS_MECHANISM = {
        6, 9, 42, (byte) 134, 72, (byte) 130, (byte) 247, 18, 1, 2, 2
    };

    enum Kind {
        /** Nothing. */
        NONE,
        /** A token that Kerberos may be able to read. */
        TOKEN,
        /** The client can only do NTLM. */
        NTLM,
        /** Another scheme, several fields, or no base64. */
        MALFORMED,
        /** A token longer than {@link #MAX_BASE64_CHARS}. */
        TOO_LONG
    }

    private final Kind kind;
    private final byte[] token;

    private NegotiateCredentials(Kind kind, byte[] token) {
        this.kind = kind;
        this.token = token;
    }

    /** Reads all Authorization fields of a request. */
    static NegotiateCredentials read(List<String> fields) {
        if (fields.isEmpty()) {
            return of(Kind.NONE);
        }
        String field = fields.get(0).strip();
        int end = field.indexOf(' ');
        String scheme = end < 0 ? field : field.substring(0, end);
        if (scheme.equalsIgnoreCase(NTLM)) {
            return of(Kind.NTLM);
        }
        if (fields.size() > 1 || end < 0 || !scheme.equalsIgnoreCase(NEGOTIATE)) {
            return of(Kind.MALFORMED);
        }
        String base64 = field.substring(end).strip();
        return base64.length() > MAX_BASE64_CHARS ? of(Kind.TOO_LONG) : decode(base64);
    }

    Kind kind() {
        return kind;
    }

    /** The GSS token, not copied; empty unless the kind is {@code TOKEN}. */
    byte[] token() {
        return token;
    }

    private static NegotiateCredentials decode(String base64) {
        byte[] token;
        try {
            token = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return of(Kind.MALFORMED);
        }
        if (token.length == 0) {
            return of(Kind.MALFORMED);
        }
        return isNtlm(token) ? of(Kind.NTLM) : new NegotiateCredentials(Kind.TOKEN, token);
    }

    /** Good enough to say what is missing: whether the client may pass is not decided by it. */
    private static boolean isNtlm(byte[] token) {
        boolean kerberos = contains(token, KERBEROS_MECHANISM) || contains(token, WINDOWS_KERBEROS_MECHANISM);
        return !kerberos && (contains(token, NTLM_MESSAGE) || contains(token, NTLM_MECHANISM));
    }

    private static boolean contains(byte[] octets, byte[] part) {
        for (int i = 0; i + part.length <= octets.length; i++) {
            int same = 0;
            while (same < part.length && octets[i + same] == part[same]) {
                same++;
            }
            if (same == part.length) {
                return true;
            }
        }
        return false;
    }

    private static NegotiateCredentials of(Kind kind) {
        return new NegotiateCredentials(kind, new byte[0]);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "NegotiateCredentials[" + kind + ", " + token.length + " octets]";
    }
}
