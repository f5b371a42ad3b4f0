// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The little of the Distinguished Encoding Rules (X.690) that a certificate and the wrapping of a key need. */
final class Der {
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int UTF8_STRING = 0x0C;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;
    private static final int BOOLEAN = 0x01;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int CONTEXT = 0x80;
    private static final int CONSTRUCTED = 0x20;
    private static final int LONG_FORM = 0x80;
    // Keys and certificates are a few KiB; three octets of length hold 16 MiB.
    private static final int LENGTH_OCTETS_MAX = 3;
    // RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime from then on.
    private static final int UTC_TIME_YEAR_MAX = 2049;
    private static final DateTimeFormatter UTC_FORMAT = format("yyMMddHHmmss'Z'");
    private static final DateTimeFormatter GENERALIZED_FORMAT = format("yyyyMMddHHmmss'Z'");

    private Der() {}

    private static DateTimeFormatter format(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
    }

    /** An element: tag, length, and the given contents one after the other. */
    static byte[] element(int tag, byte[]... contents) {
        int length = 0;
        for (byte[] content : contents) {
            length += content.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (length < LONG_FORM) {
            out.write(length);
        } else {
            byte[] octets = BigInteger.valueOf(length).toByteArray();
            int skip = octets[0] == 0 ? 1 : 0;
            out.write(LONG_FORM | (octets.length - skip));
            out.write(octets, skip, octets.length - skip);
        }
        for (byte[] content : contents) {
            out.writeBytes(content);
        }
        return out.toByteArray();
    }

    static byte[] sequence(byte[]... contents) {
        return element(SEQUENCE, contents);
    }

    /** {@code [number] EXPLICIT}, or a constructed {@code IMPLICIT}. */
    static byte[] tagged(int number, byte[]... contents) {
        return element(CONTEXT | CONSTRUCTED | number, contents);
    }

    /** {@code [number] IMPLICIT} of a primitive. */
    static byte[] taggedPrimitive(int number, byte[] content) {
        return element(CONTEXT | number, content);
    }

    static byte[] integer(BigInteger value) {
        return element(INTEGER, value.toByteArray());
    }

    static byte[] bool(boolean value) {
        return element(BOOLEAN, new byte[] {(byte) (value ? 0xFF : 0)});
    }

    static byte[] utf8(String text) {
        return element(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A bit string without the given number of unused bits at its end. */
    static byte[] bitString(int unusedBits, byte[] octets) {
        return element(BIT_STRING, new byte[] {(byte) unusedBits}, octets);
    }

    static byte[] octetString(byte[] octets) {
        return element(OCTET_STRING, octets);
    }

    /** From the dotted form: {@code 2.5.29.17}. */
    static byte[] objectIdentifier(String dotted) {
        String[] arcs = dotted.split("\\.", -1);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        writeArc(content, Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            writeArc(content, Integer.parseInt(arcs[i]));
        }
        return element(OBJECT_IDENTIFIER, content.toByteArray());
    }

    private static void writeArc(ByteArrayOutputStream out, int arc) {
        for (int shift = 28; shift > 0; shift -= 7) {
            if (arc >>> shift != 0) {
                out.write(0x80 | (arc >>> shift & 0x7F));
            }
        }
        out.write(arc & 0x7F);
    }

    /** To the second. */
    static byte[] time(Instant instant) {
        boolean utc = instant.atOffset(ZoneOffset.UTC).getYear() <= UTC_TIME_YEAR_MAX;
        String text = (utc ? UTC_FORMAT : GENERALIZED_FORMAT).format(instant);
        return element(utc ? UTC_TIME : GENERALIZED_TIME, text.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * The content of the element that {@code octets} begins with; {@code octets} stands behind it then.
     *
     * @throws IllegalArgumentException when it has another tag, or is cut off
     */
    static ByteBuffer read(ByteBuffer octets, int tag) {
        if (octets.remaining() < 2 || (octets.get() & 0xFF) != tag) {
            throw new IllegalArgumentException("not DER, or of another structure");
        }
        int length = octets.get() & 0xFF;
        if (length >= LONG_FORM) {
            int count = length - LONG_FORM;
            if (count == 0 || count > LENGTH_OCTETS_MAX || count > octets.remaining()) {
                throw new IllegalArgumentException("length: " + count + " octets long");
            }
            length = 0;
            for (int i = 0; i < count; i++) {
                length = (length << 8) | (octets.get() & 0xFF);
            }
        }
        if (length > octets.remaining()) {
            throw new IllegalArgumentException("length: " + length + " (expected: at most " + octets.remaining() + ")");
        }
        ByteBuffer content = octets.slice(octets.position(), length);
        octets.position(octets.position() + length);
        return content;
    }

    /** Whether an element {@code [number]}, constructed, is next. */
    static boolean isTagged(ByteBuffer octets, int number) {
        return octets.hasRemaining() && (octets.get(octets.position()) & 0xFF) == (CONTEXT | CONSTRUCTED | number);
    }

    /** The content of the element {@code [number]}, constructed. */
    static ByteBuffer readTagged(ByteBuffer octets, int number) {
        return read(octets, CONTEXT | CONSTRUCTED | number);
    }

    static byte[] bytes(ByteBuffer content) {
        byte[] bytes = new byte[content.remaining()];
        content.duplicate().get(bytes);
        return bytes;
    }
}
