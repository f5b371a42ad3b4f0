// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.hashing;

import io.peerdist.codec.pccrc.BlockHasher;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.ContentInformationV2;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.ServerSecret;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What is to be hashed once a slab is filled: the version 2.0 segments that end in it, and the version 1.0 blocks in it.
 * Several workers may be at it at once, each taking the next part that nobody has taken, so they end together whatever
 * the parts' sizes. Results go where they will stay, into arrays, each part to its own place.
 */
final class SlabWork implements HashWorkers.Task {
    private static final int BLOCK_BYTES = ContentInformation.V1_BLOCK_BYTES;
    private static final int BLOCK_HASH_BYTES = HashAlgorithm.SHA_256.digestBytes();
    private static final int SEGMENT_HASH_BYTES = HashAlgorithm.TRUNCATED_SHA_512.digestBytes();

    private final Octets octets;
    private final int[] segmentEnds;
    private final ServerSecret secret;
    private final byte[] descriptions;
    private final byte[] blockHashes;
    private final int blockHashesAt;
    private final Listener listener;

    private final int parts;
    private final AtomicInteger nextPart = new AtomicInteger();
    private final AtomicInteger partsLeft;

    /** Hears what becomes of the parts. */
    interface Listener {
        /** A part failed. */
        void failed(Throwable cause);

        /** No part is left, and no octets are needed any more. */
        void done();
    }

    /**
     * The octets, of which this holds a reference until all parts are done.
     *
     * @param slab the one that was filled
     * @param filled how many octets of it
     * @param previous the one filled before, if a segment that began in it goes on
     * @param previousFrom where in the one before the segment began
     */
    record Octets(Slab slab, int filled, @Nullable Slab previous, int previousFrom) {
        int previousBytes() {
            return previous == null ? 0 : SlabPool.SLAB_BYTES - previousFrom;
        }

        void release() {
            slab.release();
            if (previous != null) {
                previous.release();
            }
        }
    }

    /**
     * @param segmentEnds where in the slab segments end, in order
     * @param secret what the segments' secrets follow from
     * @param blockHashes where the hashes of the blocks go, from {@code blockHashesAt} on
     */
    SlabWork(
            Octets octets,
            int[] segmentEnds,
            ServerSecret secret,
            byte[] blockHashes,
            int blockHashesAt,
            Listener listener) {
        this.octets = octets;
        this.segmentEnds = segmentEnds;
        this.secret = secret;
        this.descriptions = new byte[segmentEnds.length * ContentInformationV2.DESCRIPTION_BYTES];
        this.blockHashes = blockHashes;
        this.blockHashesAt = blockHashesAt;
        this.listener = listener;
        this.parts = segmentEnds.length + (octets.filled + BLOCK_BYTES - 1) / BLOCK_BYTES;
        this.partsLeft = new AtomicInteger(parts);
    }

    /** How many parts there are. */
    int parts() {
        return parts;
    }

    /** The descriptions of the segments as on the wire; complete when all parts are done. */
    byte[] descriptions() {
        return descriptions;
    }

    /** Does parts until none is left that nobody has taken. */
    @Override
    public void run(BlockHasher hasher) {
        for (int part = nextPart.getAndIncrement(); part < parts; part = nextPart.getAndIncrement()) {
            try {
                // Segments first: they take longer than blocks.
                if (part < segmentEnds.length) {
                    hashSegment(hasher, part);
                } else {
                    hashBlock(hasher, part - segmentEnds.length);
                }
            } catch (RuntimeException | Error e) {
                hasher.reset(); // it may have seen half a segment
                listener.failed(e);
            } finally {
                if (partsLeft.decrementAndGet() == 0) {
                    end();
                }
            }
        }
    }

    /** Lets go of the octets: after the last part, or when no worker will ever begin. */
    void end() {
        octets.release();
        listener.done();
    }

    private void hashBlock(BlockHasher hasher, int block) {
        int from = block * BLOCK_BYTES;
        hasher.hash(
                HashAlgorithm.SHA_256,
                octets.slab.octets,
                from,
                Math.min(BLOCK_BYTES, octets.filled - from),
                blockHashes,
                blockHashesAt + block * BLOCK_HASH_BYTES);
    }

    private void hashSegment(BlockHasher hasher, int segment) {
        HashAlgorithm algorithm = HashAlgorithm.TRUNCATED_SHA_512;
        int from = segment == 0 ? 0 : segmentEnds[segment - 1];
        int segmentBytes = segmentEnds[segment] - from;
        if (segment == 0 && octets.previous != null) {
            hasher.update(algorithm, octets.previous.octets, octets.previousFrom, octets.previousBytes());
            segmentBytes += octets.previousBytes();
        }
        hasher.update(algorithm, octets.slab.octets, from, segmentEnds[segment] - from);
        int at = segment * ContentInformationV2.DESCRIPTION_BYTES;
        ByteBuffer.wrap(descriptions).putInt(at, segmentBytes);
        int hashAt = at + Integer.BYTES;
        hasher.finish(algorithm, descriptions, hashAt);
        hasher.deriveSecret(secret, descriptions, hashAt, descriptions, hashAt + SEGMENT_HASH_BYTES);
    }
}
