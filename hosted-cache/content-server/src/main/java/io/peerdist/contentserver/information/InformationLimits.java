// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.information;

/**
 * For which files content information is made, and how much of it stays in memory.
 *
 * @param minimumBytes smaller files are always sent plain; at least 1
 * @param maximumBytes larger files are always sent plain: while a file is hashed, its content information takes about
 *     1/256 of its size in memory
 * @param memoryBytes how many octets of content information are kept in memory
 */
public record InformationLimits(long minimumBytes, long maximumBytes, long memoryBytes) {
    public InformationLimits {
        if (minimumBytes < 1 || maximumBytes < minimumBytes) {
            throw new IllegalArgumentException("sizes: " + minimumBytes + " to " + maximumBytes
                    + " (expected: at least 1, and not the smaller one last)");
        }
        if (memoryBytes < 0) {
            throw new IllegalArgumentException("memoryBytes: " + memoryBytes + " (expected: at least 0)");
        }
    }

    boolean admit(long sizeBytes) {
        return sizeBytes >= minimumBytes && sizeBytes <= maximumBytes;
    }
}
