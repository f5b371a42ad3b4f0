// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

/** Follows {@link BlockStore#verifyAll}. Called on the thread that verifies. */
public interface VerificationListener {
    /** Called after each segment; false ends the verification early. */
    boolean progress(VerificationProgress progress);
}
