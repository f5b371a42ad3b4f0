// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.information;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * One encoded content information, as it travels. The octets are shared by everybody who was given this and change never;
 * they hold the segments' secrets and stay out of logs.
 */
public final class EncodedInformation {
    private final byte[] octets;

    /** Wraps {@code octets} without a copy: the caller gives them away. */
    EncodedInformation(byte[] octets) {
        this.octets = octets;
    }

    /** How long it is, in octets. */
    public int lengthBytes() {
        return octets.length;
    }

    /** A read-only view for one response; the receiver releases it. */
    public ByteBuf toBuffer() {
        return Unpooled.wrappedBuffer(octets).asReadOnly();
    }

    byte[] octets() {
        return octets;
    }

    @Override
    public String toString() {
        return "EncodedInformation[" + octets.length + " octets]";
    }
}
