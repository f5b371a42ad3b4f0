// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import org.jspecify.annotations.Nullable;

/**
 * The unit of the ages in an extensible blob, {@code SegmentAgeUnits}. Writers should use hundredths of a second.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.6.1</a>
 */
public enum AgeUnit {
    /** Seconds. */
    SECONDS(1, 1000),
    /** Tenths of a second. */
    TENTHS(2, 100),
    /** Hundredths of a second. */
    HUNDREDTHS(3, 10),
    /** Milliseconds. */
    MILLISECONDS(4, 1);

    private final int id;
    private final int millis;

    AgeUnit(int id, int millis) {
        this.id = id;
        this.millis = millis;
    }

    /** The value on the wire, 1 to 4. */
    public int id() {
        return id;
    }

    /** The length of one unit. */
    public int millis() {
        return millis;
    }

    /** The unit with this value on the wire, or null when there is none. */
    public static @Nullable AgeUnit ofId(int id) {
        for (AgeUnit unit : values()) {
            if (unit.id == id) {
                return unit;
            }
        }
        return null;
    }
}
