// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.peerdist.codec.pccrc.DigestSource;
import io.peerdist.codec.pccrr.BlockVerifier;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Verifiers for threads that verify a block now and then: as many as there were such threads at once. The one used last is
 * taken first, as its room is still in the processor's cache. Thread-safe.
 */
public final class BlockVerifiers {
    private final DigestSource digests;
    private final ConcurrentLinkedDeque<BlockVerifier> unused = new ConcurrentLinkedDeque<>();

    /** @param digests where the hash functions come from */
    public BlockVerifiers(DigestSource digests) {
        this.digests = digests;
    }

    /** A verifier for the calling thread, to be given back. */
    public BlockVerifier take() {
        BlockVerifier verifier = unused.pollFirst();
        return verifier == null ? new BlockVerifier(digests) : verifier;
    }

    /** Lets others take a verifier that came from {@link #take}. */
    public void giveBack(BlockVerifier verifier) {
        unused.addFirst(verifier);
    }
}
