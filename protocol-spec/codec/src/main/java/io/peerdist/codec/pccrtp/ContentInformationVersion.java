// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrtp;

import java.util.Comparator;

/**
 * The version of a content information as the headers name it. Ordered by the
 * two numbers, so 1.23 is higher than 1.3.
 *
 * @param major 0 or more
 * @param minor 0 or more
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrtp">MS-PCCRTP 2.2</a>
 */
public record ContentInformationVersion(int major, int minor) implements Comparable<ContentInformationVersion> {
    /** Version 1.0: segments of 32 MiB in blocks of 64 KiB. */
    public static final ContentInformationVersion V1_0 = new ContentInformationVersion(1, 0);

    /** Version 2.0: segments of at most 128 KiB. */
    public static final ContentInformationVersion V2_0 = new ContentInformationVersion(2, 0);

    private static final Comparator<ContentInformationVersion> BY_NUMBERS = Comparator.comparingInt(
                    ContentInformationVersion::major)
            .thenComparingInt(ContentInformationVersion::minor);

    public ContentInformationVersion {
        if (major < 0 || minor < 0) {
            throw new IllegalArgumentException(
                    "content information version: " + major + "." + minor + " (expected: numbers of 0 or more)");
        }
    }

    static ContentInformationVersion of(HeaderParameters.Parameter parameter) {
        int dot = parameter.dot();
        String text = parameter.text();
        return new ContentInformationVersion(
                Integer.parseInt(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
    }

    @Override
    public int compareTo(ContentInformationVersion other) {
        return BY_NUMBERS.compare(this, other);
    }

    /** {@code major.minor}, as in the headers. */
    @Override
    public String toString() {
        return major + "." + minor;
    }
}
