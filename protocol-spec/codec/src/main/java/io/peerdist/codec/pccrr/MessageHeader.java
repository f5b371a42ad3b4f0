// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.wire.WireReader;
import java.nio.ByteBuffer;

/**
 * {@code MESSAGE_HEADER}, 16 octets, big-endian (MS-PCCRR 2.2.3). {@code MsgSize} is checked on reading and not kept.
 *
 * <pre>
 * minor version (2) | major version (2) | MsgType (4) | MsgSize (4) | CryptoAlgoId (4)
 * </pre>
 */
record MessageHeader(ProtocolVersion version, long messageType, CryptoField crypto) {
    static final int BYTES = 16;

    /** {@code CryptoAlgoId} as read, not yet judged: nothing may be asked of a message of an unknown version. */
    record CryptoField(int offset, long id) {
        CryptoAlgorithm algorithm(WireReader in) {
            CryptoAlgorithm algorithm = CryptoAlgorithm.ofId(id);
            if (algorithm == null) {
                throw in.malformed("CryptoAlgoId", offset, id + " (expected: 0 to 3)");
            }
            return algorithm;
        }
    }

    /** Reads the header of a message that is all of what remains in {@code in}. */
    static MessageHeader read(WireReader in, int maxBytes) {
        int messageBytes = in.remaining();
        if (messageBytes < BYTES || messageBytes > maxBytes) {
            throw in.malformed(
                    "message", in.offset(), messageBytes + " octets (expected: " + BYTES + " to " + maxBytes + ")");
        }
        ProtocolVersion version = readVersion(in, "ProtVer");
        long messageType = in.u32("MsgType");
        int at = in.offset();
        long messageSize = in.u32("MsgSize");
        if (messageSize != messageBytes) {
            throw in.malformed("MsgSize", at, messageSize + " (expected: the message's length, " + messageBytes + ")");
        }
        return new MessageHeader(version, messageType, new CryptoField(in.offset(), in.u32("CryptoAlgoId")));
    }

    /** Writes minor version 0, the only one of each major version that there is. */
    static void write(ByteBuffer out, int majorVersion, MessageType type, int messageBytes, CryptoAlgorithm crypto) {
        out.putShort((short) 0).putShort((short) majorVersion);
        out.putInt(type.id).putInt(messageBytes).putInt(crypto.id());
    }

    static ProtocolVersion readVersion(WireReader in, String field) {
        int minor = in.u16(field);
        return new ProtocolVersion(in.u16(field), minor);
    }

    static void writeVersion(ByteBuffer out, ProtocolVersion version) {
        out.putShort((short) version.minor()).putShort((short) version.major());
    }
}
