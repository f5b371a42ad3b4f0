// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pchc;

import java.nio.ByteBuffer;

/** {@code MESSAGE_HEADER} and {@code CONNECTION_INFORMATION}, 16 octets in all (MS-PCHC 2.2.1.1 and 2.2.1.2). */
final class OfferHeader {
    static final String PROTOCOL = "MS-PCHC";
    static final int BYTES = 16;
    static final int HEADER_PADDING_BYTES = 4;
    static final int CONNECTION_PADDING_BYTES = 6;

    static final int INITIAL_OFFER = 1;
    static final int SEGMENT_INFO = 2;
    static final int BATCHED_OFFER = 3;

    private OfferHeader() {}

    static void write(ByteBuffer out, int majorVersion, int type, int port) {
        out.put((byte) 0).put((byte) majorVersion).putShort((short) type).putInt(0);
        out.putShort((short) port).putShort((short) 0).putInt(0);
    }

    static void checkPort(int port) {
        if (port < 1 || port > 0xFFFF) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
        }
    }
}
