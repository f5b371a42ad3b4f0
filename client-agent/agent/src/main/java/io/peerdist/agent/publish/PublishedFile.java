// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.publish;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockVerifier;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.HeldSegment;
import io.peerdist.codec.pccrr.SegmentSource;
import io.peerdist.codec.pccrr.StoredBlock;
import io.peerdist.retrieval.BlockVerifiers;
import io.peerdist.runtime.digest.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A plain file as segments of content information: what a retrieval server can serve. A block is given out only when it has
 * its hash, so that of another file nothing is, and it is not encrypted: this is for loopback alone. The file may change at
 * any time. Thread-safe.
 */
public final class PublishedFile implements SegmentSource, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(PublishedFile.class);
    private static final byte[] NO_OCTETS = {};

    private final FileChannel channel;
    private final Map<SegmentId, SegmentDescription> segments = new HashMap<>();
    private final BlockVerifiers verifiers = new BlockVerifiers(Digests::newDigest);

    private PublishedFile(FileChannel channel, ContentInformation information) {
        this.channel = channel;
        // Of segments that occur more than once, one is enough: their octets are the same.
        information.segments().forEach(segment -> segments.put(segment.id(), segment));
    }

    /** Opens a file; what of it belongs to {@code information} shows when it is asked for. */
    public static PublishedFile open(Path file, ContentInformation information) throws IOException {
        return new PublishedFile(FileChannel.open(file, StandardOpenOption.READ), information);
    }

    @Override
    public HeldSegment peek(SegmentId id) {
        return load(id);
    }

    @Override
    public HeldSegment load(SegmentId id) {
        SegmentDescription segment = segments.get(id);
        return segment == null ? HeldSegment.NOTHING : new Held(segment);
    }

    /** The block when the file has it. */
    private @Nullable StoredBlock verified(SegmentDescription segment, int blockIndex) {
        if (blockIndex < 0 || blockIndex >= segment.blockCount()) {
            return null;
        }
        long position = segment.offsetInContent() + (long) blockIndex * segment.blockBytes();
        BlockVerifier verifier = verifiers.take();
        try {
            ByteBuffer block = verifier.room(segment.blockLength(blockIndex));
            while (block.hasRemaining()) {
                if (channel.read(block, position + block.position()) < 0) {
                    return null;
                }
            }
            return verifier.check(segment, blockIndex, block.flip()) == BlockVerifier.Verdict.GENUINE
                    ? new Block(blockIndex, channel, position, block.limit())
                    : null;
        } catch (IOException e) {
            LOGGER.debug("block at {}: not read", position, e);
            return null;
        } finally {
            verifiers.giveBack(verifier);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private record Block(int blockIndex, FileChannel channel, long position, int ciphertextBytes)
            implements StoredBlock {
        @Override
        public CryptoAlgorithm cryptoAlgorithm() {
            return CryptoAlgorithm.NONE;
        }

        @Override
        public byte[] initializationVector() {
            return NO_OCTETS;
        }

        @Override
        public void close() {}
    }

    private final class Held implements HeldSegment {
        private final SegmentDescription segment;

        Held(SegmentDescription segment) {
            this.segment = segment;
        }

        @Override
        public BlockRanges blocks() {
            return BlockRanges.first(segment.blockCount());
        }

        @Override
        public long ageMillis() {
            return 0;
        }

        @Override
        public @Nullable StoredBlock openChecked(int blockIndex) {
            return null;
        }

        @Override
        public @Nullable StoredBlock open(int blockIndex) {
            return verified(segment, blockIndex);
        }
    }
}
