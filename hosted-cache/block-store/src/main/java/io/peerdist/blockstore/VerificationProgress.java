// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

/**
 * How far {@link BlockStore#verifyAll} has come.
 *
 * @param segments segments looked at
 * @param blocks blocks read and checked
 * @param bytes octets of ciphertext in them
 * @param damagedBlocks blocks that failed and have been dropped
 */
public record VerificationProgress(long segments, long blocks, long bytes, long damagedBlocks) {}
