// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads fixed-width fields from an input of known length. Every read names its field and checks that the input still
 * holds it, so nothing is allocated that the input does not back. The given buffer's position is never moved. Not
 * thread-safe.
 */
public final class WireReader {
    private final String protocol;
    private final ByteBuffer buffer;
    private final int start;

    /**
     * Reads what remains in {@code input}.
     *
     * @param protocol the document's short name, for error messages
     * @param order the document's octet order
     */
    public WireReader(String protocol, ByteBuffer input, ByteOrder order) {
        this.protocol = protocol;
        this.buffer = input.duplicate().order(order);
        this.start = input.position();
    }

    /** Octets read so far. */
    public int offset() {
        return buffer.position() - start;
    }

    /** Octets left. */
    public int remaining() {
        return buffer.remaining();
    }

    /** An unsigned 8-bit field. */
    public int u8(String field) {
        need(field, Byte.BYTES);
        return Byte.toUnsignedInt(buffer.get());
    }

    /** An unsigned 16-bit field. */
    public int u16(String field) {
        need(field, Short.BYTES);
        return Short.toUnsignedInt(buffer.getShort());
    }

    /** An unsigned 32-bit field. */
    public long u32(String field) {
        need(field, Integer.BYTES);
        return Integer.toUnsignedLong(buffer.getInt());
    }

    /** An unsigned 32-bit field whose value must lie from {@code min} to {@code max}, both included. */
    public int u32(String field, int min, int max) {
        int at = offset();
        long value = u32(field);
        if (value < min || value > max) {
            throw malformed(field, at, value + " (expected: " + min + " to " + max + ")");
        }
        return (int) value;
    }

    /** An unsigned 64-bit field; values of 2^63 and more are malformed, no length or offset reaches them. */
    public long u63(String field) {
        int at = offset();
        need(field, Long.BYTES);
        long value = buffer.getLong();
        if (value < 0) {
            throw malformed(field, at, Long.toUnsignedString(value) + " (expected: below 2^63)");
        }
        return value;
    }

    /** The next {@code count} octets, copied. */
    public byte[] octets(String field, int count) {
        need(field, count);
        byte[] octets = new byte[count];
        buffer.get(octets);
        return octets;
    }

    /** Passes over {@code count} octets whatever they hold. */
    public void skip(String field, int count) {
        need(field, count);
        buffer.position(buffer.position() + count);
    }

    /** Fails unless the whole input was read. */
    public void end(String lastField) {
        if (buffer.hasRemaining()) {
            throw malformed(lastField, offset(), buffer.remaining() + " octets after the end (expected: 0)");
        }
    }

    /** An exception for {@code field} at {@code offset}, to be thrown by the caller. */
    public MalformedMessageException malformed(String field, int offset, String reason) {
        return new MalformedMessageException(protocol, field, offset, reason);
    }

    private void need(String field, int count) {
        if (count < 0 || buffer.remaining() < count) {
            throw malformed(field, offset(), buffer.remaining() + " octets left (expected: at least " + count + ")");
        }
    }
}
