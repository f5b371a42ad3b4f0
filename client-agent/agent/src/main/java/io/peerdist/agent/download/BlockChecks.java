// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.codec.pccrr.BlockVerifier;
import io.peerdist.runtime.digest.Digests;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Verifiers, each with room for a decrypted block: as many as there were threads at once that needed one. The one used last
 * is taken first, as its room is still in the processor's cache. Thread-safe.
 */
final class BlockChecks {
    private final ConcurrentLinkedDeque<Check> unused = new ConcurrentLinkedDeque<>();

    /** A verifier with room for a block, of one thread between {@link #take} and {@link #giveBack}. */
    static final class Check {
        final BlockVerifier verifier = new BlockVerifier(Digests::newDigest);
        private byte[] plain = {};

        /** Room for {@code bytes} octets, on an array. */
        ByteBuffer room(int bytes) {
            if (plain.length < bytes) {
                plain = new byte[bytes];
            }
            return ByteBuffer.wrap(plain, 0, bytes);
        }
    }

    Check take() {
        Check check = unused.pollFirst();
        return check == null ? new Check() : check;
    }

    void giveBack(Check check) {
        unused.addFirst(check);
    }
}
