// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.netty.channel.DefaultFileRegion;
import io.peerdist.codec.pccrr.StoredBlock;

/**
 * The ciphertext of a stored block as Netty sends it: by the kernel, from file to socket. Releasing the region closes the
 * block, never the file, which others read too.
 */
final class StoredBlockRegion extends DefaultFileRegion {
    private final StoredBlock block;

    /** Takes over {@code block}. */
    StoredBlockRegion(StoredBlock block) {
        super(block.channel(), block.position(), block.ciphertextBytes());
        this.block = block;
    }

    @Override
    protected void deallocate() {
        block.close();
    }
}
