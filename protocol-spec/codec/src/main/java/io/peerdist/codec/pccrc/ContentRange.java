// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

/**
 * A piece of a content, in octets. Never empty: the documents know no content information of nothing.
 *
 * @param offset where it starts in the content, 0 or more
 * @param length how long it is, 1 or more; {@code offset + length} is below 2^63
 */
public record ContentRange(long offset, long length) {
    public ContentRange {
        if (offset < 0 || length < 1 || offset > Long.MAX_VALUE - length) {
            throw new IllegalArgumentException("content range: " + length + " octets at " + offset
                    + " (expected: 1 or more at 0 or more, the end below 2^63)");
        }
    }

    /** The offset behind the last octet. */
    public long end() {
        return offset + length;
    }

    /** Whether {@code other} lies wholly in this range. */
    public boolean contains(ContentRange other) {
        return other.offset >= offset && other.end() <= end();
    }
}
