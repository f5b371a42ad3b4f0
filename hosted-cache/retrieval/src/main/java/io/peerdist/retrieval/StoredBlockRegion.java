// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.netty.channel.DefaultFileRegion;
import io.peerdist.codec.pccrr.StoredBlock;

/**
 * The ciphertext of a stored block, with the trailer where it is stored, as Netty sends it: by the kernel, from file to socket. Releasing the region closes the
 * block, never the file, which others read too.
 */
final class StoredBlockRegion extends DefaultFileRegion {
    private final StoredBlock block;

    /** Takes over {@code block}. */
    StoredBlockRegion(StoredBlock block) {
        super(block.channel(), block.position(), bytesOf(block));
        this.block = block;
    }

    /** What of a block leaves its file: the ciphertext, and the trailer if it is stored. */
    static int bytesOf(StoredBlock block) {
        return block.ciphertextBytes() + block.trailerBytes();
    }

    @Override
    protected void deallocate() {
        block.close();
    }
}
