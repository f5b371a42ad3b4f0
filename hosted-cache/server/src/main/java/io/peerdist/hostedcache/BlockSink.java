// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.blockstore.PutResult;
import io.peerdist.blockstore.SegmentAttributes;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import java.nio.ByteBuffer;

/** Where pulled blocks go: {@link io.peerdist.blockstore.BlockStore#put}. May block. */
@FunctionalInterface
interface BlockSink {
    PutResult put(
            SegmentAttributes segment,
            int blockIndex,
            CryptoAlgorithm algorithm,
            byte[] initializationVector,
            ByteBuffer ciphertext);
}
