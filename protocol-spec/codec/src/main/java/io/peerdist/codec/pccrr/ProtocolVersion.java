// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

/**
 * A version of the retrieval protocol, {@code ProtVer}. On the wire the minor version comes first, both as 16-bit
 * big-endian integers: {@code 00 00 00 01} is 1.0. Ordered as integers, major before minor: 1.23 is above 1.3.
 *
 * @param major 0 to 65535
 * @param minor 0 to 65535
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.3</a>
 */
public record ProtocolVersion(int major, int minor) implements Comparable<ProtocolVersion> {
    /** The version of every message but the two of the segment list. */
    public static final ProtocolVersion V1_0 = new ProtocolVersion(1, 0);
    /** The version of {@code MSG_GETSEGLIST} and {@code MSG_SEGLIST}. */
    public static final ProtocolVersion V2_0 = new ProtocolVersion(2, 0);

    /** Throws {@link IllegalArgumentException} for a part that does not fit 16 bits. */
    public ProtocolVersion {
        if ((major & 0xFFFF) != major || (minor & 0xFFFF) != minor) {
            throw new IllegalArgumentException(
                    "protocol version: " + major + "." + minor + " (expected: parts from 0 to 65535)");
        }
    }

    @Override
    public int compareTo(ProtocolVersion other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
