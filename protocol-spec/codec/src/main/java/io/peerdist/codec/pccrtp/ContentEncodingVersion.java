// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrtp;

import java.util.Comparator;

/**
 * The version of the PeerDist content encoding: what the headers mean, not what the content information looks like. Ordered by the
 * two numbers, so 1.23 is higher than 1.3.
 *
 * @param major 0 or more
 * @param minor 0 or more
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrtp">MS-PCCRTP 2.2</a>
 */
public record ContentEncodingVersion(int major, int minor) implements Comparable<ContentEncodingVersion> {
    /** Version 1.0: Windows 7 and Windows Server 2008 R2. */
    public static final ContentEncodingVersion V1_0 = new ContentEncodingVersion(1, 0);

    /** Version 1.1: Windows 8 and later; adds {@code X-P2P-PeerDistEx}. */
    public static final ContentEncodingVersion V1_1 = new ContentEncodingVersion(1, 1);

    private static final Comparator<ContentEncodingVersion> BY_NUMBERS =
            Comparator.comparingInt(ContentEncodingVersion::major).thenComparingInt(ContentEncodingVersion::minor);

    public ContentEncodingVersion {
        if (major < 0 || minor < 0) {
            throw new IllegalArgumentException(
                    "encoding version: " + major + "." + minor + " (expected: numbers of 0 or more)");
        }
    }

    static ContentEncodingVersion of(HeaderParameters.Parameter parameter) {
        int dot = parameter.dot();
        String text = parameter.text();
        return new ContentEncodingVersion(
                Integer.parseInt(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
    }

    @Override
    public int compareTo(ContentEncodingVersion other) {
        return BY_NUMBERS.compare(this, other);
    }

    /** {@code major.minor}, as in the headers. */
    @Override
    public String toString() {
        return major + "." + minor;
    }
}
