// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.hashing;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.ContentInformationV1;
import io.peerdist.codec.pccrc.ContentInformationV2;
import io.peerdist.codec.pccrc.ContentRange;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.HashOfData;
import io.peerdist.codec.pccrc.SegmentDescription;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One file on its way through the pipeline. All fields belong to the reading thread; workers write only their own slot
 * of a result and are awaited before results are read.
 */
final class HashingRun {
    /** Channels copy through a direct buffer as large as the read, kept per thread: so not a whole slab at once. */
    private static final int READ_BYTES = 256 * 1024;

    private static final int BLOCK_BYTES = ContentInformation.V1_BLOCK_BYTES;
    private static final int HASH_BYTES = HashAlgorithm.SHA_256.digestBytes();

    private static final int SLABS_PER_SEGMENT = ContentInformation.V1_SEGMENT_BYTES / SlabPool.SLAB_BYTES;

    private final ReadableByteChannel source;
    private final BooleanSupplier cancelled;
    private final SlabPool slabs;
    private final Executor workers;
    private final ContentSecrets secrets;

    private final SegmentChunker chunker = new SegmentChunker();
    private final Phaser pending = new Phaser(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** Version 1.0 block hashes one behind the other, an array for each slab. */
    private final List<byte[]> blockHashes = new ArrayList<>();

    /** Version 2.0 segments in order. */
    private final List<SegmentSlot> segments = new ArrayList<>();

    /** The open segment: at most its part of the last slab and its part of this one. */
    private List<Piece> open = new ArrayList<>(2);

    private long readBytes;
    private long openOffset;

    HashingRun(
            ReadableByteChannel source,
            BooleanSupplier cancelled,
            SlabPool slabs,
            Executor workers,
            ContentSecrets secrets) {
        this.source = source;
        this.cancelled = cancelled;
        this.slabs = slabs;
        this.workers = workers;
        this.secrets = secrets;
    }

    Optional<HashedContent> run() throws IOException, InterruptedException {
        try {
            readAll();
        } catch (RejectedExecutionException closed) {
            throw cancellation("the hashing pipeline was closed", closed);
        } finally {
            open.forEach(piece -> piece.slab.release());
            open = List.of();
        }
        pending.awaitAdvanceInterruptibly(pending.arrive());
        throwFailure();
        return readBytes == 0
                ? Optional.empty()
                : Optional.of(new HashedContent(readBytes, contentInformationV1(), contentInformationV2()));
    }

    private void readAll() throws IOException, InterruptedException {
        int filled;
        do {
            if (cancelled.getAsBoolean()) {
                throw cancellation("hashing was cancelled", null);
            }
            throwFailure();
            Slab slab = slabs.acquire();
            try {
                filled = fill(slab);
                hashBlocks(slab, filled);
                cutSegments(slab, filled);
                readBytes += filled;
            } finally {
                slab.release();
            }
        } while (filled == SlabPool.SLAB_BYTES);
        if (!open.isEmpty()) {
            hashOpenSegment();
        }
    }

    private int fill(Slab slab) throws IOException {
        ByteBuffer target = ByteBuffer.wrap(slab.octets);
        while (target.position() < target.capacity()) {
            target.limit(Math.min(target.capacity(), target.position() + READ_BYTES));
            if (source.read(target) < 0) {
                break;
            }
        }
        return target.position();
    }

    private void hashBlocks(Slab slab, int filled) {
        if (filled == 0) {
            return;
        }
        byte[] hashes = new byte[(filled + BLOCK_BYTES - 1) / BLOCK_BYTES * HASH_BYTES];
        blockHashes.add(hashes);
        submit(List.of(new Piece(slab.retain(), 0, filled)), () -> {
            int to = 0;
            for (int at = 0; at < filled; at += BLOCK_BYTES) {
                byte[] hash = HashAlgorithm.SHA_256.hash(slab.octets, at, Math.min(BLOCK_BYTES, filled - at));
                System.arraycopy(hash, 0, hashes, to, HASH_BYTES);
                to += HASH_BYTES;
            }
        });
    }

    private void cutSegments(Slab slab, int filled) {
        int from = 0;
        while (from < filled) {
            int cut = chunker.next(slab.octets, from, filled);
            int to = cut < 0 ? filled : cut;
            open.add(new Piece(slab.retain(), from, to));
            if (cut >= 0) {
                hashOpenSegment();
            }
            from = to;
        }
    }

    private void hashOpenSegment() {
        List<Piece> pieces = open;
        open = new ArrayList<>(2);
        int segmentBytes =
                pieces.stream().mapToInt(piece -> piece.to - piece.from).sum();
        long offset = openOffset;
        openOffset += segmentBytes;
        SegmentSlot slot = new SegmentSlot();
        segments.add(slot);
        submit(pieces, () -> {
            MessageDigest digest = HashAlgorithm.TRUNCATED_SHA_512.newDigest();
            for (Piece piece : pieces) {
                digest.update(piece.slab.octets, piece.from, piece.to - piece.from);
            }
            HashOfData hashOfData = HashOfData.of(HashAlgorithm.TRUNCATED_SHA_512.finish(digest));
            slot.segment = SegmentDescription.v2(offset, segmentBytes, hashOfData, secrets.v2());
        });
    }

    /** Runs {@code task} on a worker and lets go of {@code pieces} afterwards, also when it never runs. */
    private void submit(List<Piece> pieces, Runnable task) {
        pending.register();
        boolean accepted = false;
        try {
            workers.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                } finally {
                    finish(pieces);
                }
            });
            accepted = true;
        } finally {
            if (!accepted) {
                finish(pieces);
            }
        }
    }

    private void finish(List<Piece> pieces) {
        pieces.forEach(piece -> piece.slab.release());
        pending.arriveAndDeregister();
    }

    private void throwFailure() {
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new IllegalStateException("a hashing worker failed", thrown);
        }
    }

    private ContentInformationV1 contentInformationV1() {
        List<SegmentDescription> described = new ArrayList<>();
        for (int first = 0; first < blockHashes.size(); first += SLABS_PER_SEGMENT) {
            ByteArrayOutputStream hashes = new ByteArrayOutputStream();
            blockHashes
                    .subList(first, Math.min(blockHashes.size(), first + SLABS_PER_SEGMENT))
                    .forEach(hashes::writeBytes);
            long offset = (long) first * SlabPool.SLAB_BYTES;
            int segmentBytes = (int) Math.min(ContentInformation.V1_SEGMENT_BYTES, readBytes - offset);
            described.add(SegmentDescription.v1(
                    HashAlgorithm.SHA_256, offset, segmentBytes, hashes.toByteArray(), secrets.v1()));
        }
        return ContentInformationV1.of(HashAlgorithm.SHA_256, new ContentRange(0, readBytes), described);
    }

    private ContentInformationV2 contentInformationV2() {
        List<SegmentDescription> described = new ArrayList<>(segments.size());
        for (SegmentSlot slot : segments) {
            if (slot.segment == null) {
                throw new IllegalStateException("a segment was not hashed although its task ended");
            }
            described.add(slot.segment);
        }
        return ContentInformationV2.of(new ContentRange(0, readBytes), 0, described);
    }

    private static CancellationException cancellation(String message, @Nullable Throwable cause) {
        CancellationException cancellation = new CancellationException(message);
        if (cause != null) {
            cancellation.initCause(cause);
        }
        return cancellation;
    }

    /** Octets {@code from} to before {@code to} of a slab to which this holds a reference. */
    private record Piece(Slab slab, int from, int to) {}

    /** Where a worker puts a segment; read only after all workers are done. */
    private static final class SegmentSlot {
        @Nullable
        SegmentDescription segment;
    }
}
