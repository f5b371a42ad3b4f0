// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.source.FetchedBlock;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockCipher;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.wire.MalformedMessageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where every block passes, whatever its source: decrypted, held against its hash, and only then written to the output and
 * kept in the local cache. Thread-safe.
 */
final class BlockSink {
    private static final Logger LOGGER = LoggerFactory.getLogger(BlockSink.class);

    private final DownloadOutput output;
    private final LocalCache cache;
    private final DownloadMetrics metrics;

    BlockSink(DownloadOutput output, LocalCache cache, DownloadMetrics metrics) {
        this.output = output;
        this.cache = cache;
        this.metrics = metrics;
    }

    /**
     * Takes a block in; false when it is not the block it should be, and nothing was done with it.
     *
     * @throws UncheckedIOException when the output cannot be written
     */
    boolean accept(DownloadSource source, SegmentDescription segment, int blockIndex, FetchedBlock block) {
        if (block instanceof FetchedBlock.Encrypted encrypted) {
            byte[] plain = decrypt(source, segment, blockIndex, encrypted);
            return plain != null && accept(source, segment, blockIndex, plain, plain.length, encrypted);
        }
        byte[] bytes = ((FetchedBlock.Plain) block).bytes();
        return accept(source, segment, blockIndex, bytes, bytes.length);
    }

    /** The same for a block at the start of an array that is the caller's again afterwards. */
    boolean accept(DownloadSource source, SegmentDescription segment, int blockIndex, byte[] plain, int length) {
        return accept(source, segment, blockIndex, plain, length, null);
    }

    private boolean accept(
            DownloadSource source,
            SegmentDescription segment,
            int blockIndex,
            byte[] plain,
            int length,
            FetchedBlock.@Nullable Encrypted encrypted) {
        if (!segment.matches(blockIndex, plain, 0, length)) {
            bad(source, segment, blockIndex, "wrong hash");
            return false;
        }
        if (source != DownloadSource.PARTIAL_FILE) {
            write(segment.offsetInContent() + (long) blockIndex * segment.blockBytes(), plain, length);
        }
        if (encrypted != null && isAsWeWouldStore(encrypted, length)) {
            if (source != DownloadSource.LOCAL_CACHE) {
                cache.keep(segment, blockIndex, encrypted);
            }
        } else {
            cache.keep(segment, blockIndex, plain, length);
        }
        return true;
    }

    private static boolean isAsWeWouldStore(FetchedBlock.Encrypted block, int plainBytes) {
        return block.algorithm() != CryptoAlgorithm.NONE
                && block.ciphertext().length == BlockCipher.ciphertextBytes(block.algorithm(), plainBytes);
    }

    private byte @Nullable [] decrypt(
            DownloadSource source, SegmentDescription segment, int blockIndex, FetchedBlock.Encrypted block) {
        try {
            return BlockCipher.decrypt(
                    block.algorithm(),
                    segment.secret(),
                    block.initializationVector(),
                    block.ciphertext(),
                    segment.blockLength(blockIndex));
        } catch (MalformedMessageException e) {
            bad(source, segment, blockIndex, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private void bad(DownloadSource source, SegmentDescription segment, int blockIndex, String reason) {
        metrics.badBlock(source);
        LOGGER.debug("block {} of {} from {}: {}", blockIndex, segment.id(), source.label(), reason);
    }

    private void write(long offset, byte[] plain, int length) {
        try {
            output.write(offset, ByteBuffer.wrap(plain, 0, length));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
