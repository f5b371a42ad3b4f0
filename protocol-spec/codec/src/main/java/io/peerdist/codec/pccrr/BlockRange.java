// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

/**
 * Consecutive blocks of a segment, {@code BLOCK_RANGE}.
 *
 * @param index the first block, 0 to 511
 * @param count how many blocks, 1 to 512 - {@code index}
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.1.1</a>
 */
public record BlockRange(int index, int count) {
    /** Blocks in the largest segment: 32 MiB in blocks of 64 KiB. */
    public static final int MAX_BLOCKS = 512;

    /** Throws {@link IllegalArgumentException} for a range that is empty or reaches beyond block 511. */
    public BlockRange {
        if (index < 0 || index >= MAX_BLOCKS || count < 1 || count > MAX_BLOCKS - index) {
            throw new IllegalArgumentException(
                    "block range: [" + index + ", " + count + "] (expected: inside [0, " + MAX_BLOCKS + "])");
        }
    }

    /** Throws {@link IllegalArgumentException} for an index that no block can have. */
    static void checkIndex(String name, int index) {
        if (index < 0 || index >= MAX_BLOCKS) {
            throw new IllegalArgumentException(name + ": " + index + " (expected: 0 to " + (MAX_BLOCKS - 1) + ")");
        }
    }

    /** The block after the last one. */
    public int end() {
        return index + count;
    }
}
