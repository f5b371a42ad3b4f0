// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.codec.wire.WireReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * What a content server sends instead of a content: the segments that hold the wanted range, with the hashes to check
 * them and the secrets to read them. Immutable and thread-safe; the secrets in it are as precious as the content.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrc">MS-PCCRC 2.3 and 2.4</a>
 */
public sealed interface ContentInformation permits ContentInformationV1, ContentInformationV2 {
    /** The length of every version 1.0 segment but the last of a content, 32 MiB: MS-PCCRC 2.1. */
    int V1_SEGMENT_BYTES = 32 * 1024 * 1024;

    /** The length of every version 1.0 block but the last of a content, 64 KiB: MS-PCCRC 2.1. */
    int V1_BLOCK_BYTES = 65_536;

    /** The longest version 2.0 segment, 128 KiB: MS-PCCRC 2.4.1.2. */
    int V2_MAX_SEGMENT_BYTES = 131_072;

    /** The structure's major version, 1 or 2; the minor one is 0. */
    int version();

    /** The algorithm of all hashes in it. */
    HashAlgorithm hashAlgorithm();

    /** The piece of the content that is wanted; the segments hold it, and may reach beyond at both ends. */
    ContentRange range();

    /** The segments in the order of the content, without a gap; never empty. */
    List<SegmentDescription> segments();

    /** How long {@link #encode()} is, in octets. */
    int encodedBytes();

    /** The structure's octets. */
    byte[] encode();

    /**
     * The content information for a part of this one's range: the segments that the part touches; in version 1.0 the
     * blocks of the last one are listed up to the part's end.
     *
     * @throws IllegalArgumentException when {@code part} does not lie in {@link #range()}
     */
    ContentInformation forRange(ContentRange part);

    /**
     * Reads what remains in {@code input}, of either version, without moving its position.
     *
     * @throws MalformedMessageException when it breaks the format, is cut or has octets behind its end
     */
    static ContentInformation decode(ByteBuffer input) {
        WireReader reader = new WireReader(ContentInformationReader.PROTOCOL, input, ByteOrder.BIG_ENDIAN);
        int minor = reader.u8("Version");
        int major = reader.u8("Version");
        if (minor == 0 && major == 1) {
            return new ContentInformationReader(input, ByteOrder.LITTLE_ENDIAN).v1();
        }
        if (minor == 0 && major == 2) {
            return new ContentInformationReader(input, ByteOrder.BIG_ENDIAN).v2();
        }
        throw reader.malformed("Version", 0, major + "." + minor + " (expected: 1.0 or 2.0)");
    }
}
