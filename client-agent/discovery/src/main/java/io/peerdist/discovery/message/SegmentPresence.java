// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

/**
 * How much of a segment a peer holds, as two bits of a version 2 match.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 2.2.3.3</a>
 */
public enum SegmentPresence {
    /** Nothing. */
    ABSENT(0b00),
    /** At least one block. */
    PARTIAL(0b10),
    /** Every block. */
    COMPLETE(0b11);

    private final int bits;

    SegmentPresence(int bits) {
        this.bits = bits;
    }

    int bits() {
        return bits;
    }

    /** Takes 01, all blocks of a segment that is not there, for nothing. */
    static SegmentPresence ofBits(int bits) {
        return switch (bits) {
            case 0b10 -> PARTIAL;
            case 0b11 -> COMPLETE;
            default -> ABSENT;
        };
    }
}
