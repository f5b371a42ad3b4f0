// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable string of octets: the base of identifiers, hashes and secrets. Two are equal when they are of the same
 * class and hold the same octets. Subclasses that hold a secret override {@link #toString()}.
 */
public abstract class OctetString {
    private final byte[] octets;

    /** Takes a copy of {@code octets}. */
    protected OctetString(byte[] octets) {
        this.octets = octets.clone();
    }

    /** Takes a copy of {@code length} octets of {@code source} from {@code offset} on. */
    protected OctetString(byte[] source, int offset, int length) {
        this.octets = Arrays.copyOfRange(source, offset, offset + length);
    }

    /** How many octets this holds. */
    public final int length() {
        return octets.length;
    }

    /** A copy of the octets. */
    public final byte[] toByteArray() {
        return octets.clone();
    }

    /** A read-only view of the octets, without a copy. */
    public final ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(octets).asReadOnlyBuffer();
    }

    /** Writes the octets to {@code target} and moves its position. */
    public final void writeTo(ByteBuffer target) {
        target.put(octets);
    }

    @Override
    @SuppressWarnings("EqualsGetClass") // a hash and a secret of the same octets are different things
    public final boolean equals(Object other) {
        return other instanceof OctetString that && that.getClass() == getClass() && Arrays.equals(octets, that.octets);
    }

    @Override
    public final int hashCode() {
        return Arrays.hashCode(octets);
    }

    /** Lower-case hexadecimal, unless the subclass holds a secret. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(octets);
    }
}
