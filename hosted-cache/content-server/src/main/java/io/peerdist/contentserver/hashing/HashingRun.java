// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.hashing;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.ContentInformationV1;
import io.peerdist.codec.pccrc.ContentInformationV2;
import io.peerdist.codec.pccrc.ContentRange;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SegmentDescription;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One file on its way through the pipeline. All fields belong to the reading thread; workers write only their own part
 * of the arrays and are awaited before those are read.
 */
final class HashingRun implements SlabWork.Listener {
    /** Channels copy through a direct buffer as large as the read, kept per thread: so not a whole slab at once. */
    static final int READ_BYTES = 256 * 1024;

    private static final int HASH_BYTES = HashAlgorithm.SHA_256.digestBytes();
    private static final int BLOCKS_PER_SLAB = SlabPool.SLAB_BYTES / ContentInformation.V1_BLOCK_BYTES;
    private static final int SLABS_PER_SEGMENT = ContentInformation.V1_SEGMENT_BYTES / SlabPool.SLAB_BYTES;

    private final ReadableByteChannel source;
    private final BooleanSupplier cancelled;
    private final SlabPool slabs;
    private final Consumer<SlabWork> workers;
    private final ContentSecrets secrets;

    private final SegmentChunker chunker = new SegmentChunker();
    private final int[] ends = new int[SlabPool.SLAB_BYTES / SegmentChunker.MIN_SEGMENT_BYTES + 1];
    private final Phaser pending = new Phaser(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** Version 1.0 block hashes one behind the other, an array for each segment. */
    private final List<byte[]> blockHashes = new ArrayList<>();

    /** Version 2.0 segments in order as on the wire, an array for each slab. */
    private final List<byte[]> descriptions = new ArrayList<>();

    /** The slab before, of which this holds a reference, if a segment that began in it has not ended. */
    private @Nullable Slab openSlab;

    private int openFrom;
    private int slabCount;
    private long readBytes;

    /** @param workers has the work done, or throws {@link RejectedExecutionException} before any of it was begun */
    HashingRun(
            ReadableByteChannel source,
            BooleanSupplier cancelled,
            SlabPool slabs,
            Consumer<SlabWork> workers,
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
            if (openSlab != null) {
                openSlab.release();
                openSlab = null;
            }
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
                readBytes += filled;
                hash(slab, filled);
            } finally {
                slab.release();
            }
        } while (filled == SlabPool.SLAB_BYTES);
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

    /** Finds what ends in the slab and hands it to the workers; what stays open is remembered. */
    private void hash(Slab slab, int filled) {
        boolean last = filled < SlabPool.SLAB_BYTES;
        int segments = 0;
        int from = 0;
        for (int cut = chunker.next(slab.octets, 0, filled); cut >= 0; cut = chunker.next(slab.octets, from, filled)) {
            ends[segments++] = cut;
            from = cut;
        }
        if (last && (from < filled || (segments == 0 && openSlab != null))) {
            ends[segments++] = filled;
        }
        if (segments == 0 && filled == 0) {
            return;
        }
        SlabWork.Octets octets = new SlabWork.Octets(slab.retain(), filled, openSlab, openFrom);
        openSlab = !last && from < filled ? slab.retain() : null;
        openFrom = from;
        submit(new SlabWork(
                octets,
                Arrays.copyOf(ends, segments),
                secrets.v2(),
                filled == 0 ? new byte[0] : blockHashesOfThisSlab(),
                (slabCount % SLABS_PER_SEGMENT) * BLOCKS_PER_SLAB * HASH_BYTES,
                this));
        slabCount++;
    }

    private byte[] blockHashesOfThisSlab() {
        if (slabCount % SLABS_PER_SEGMENT == 0) {
            blockHashes.add(new byte[SLABS_PER_SEGMENT * BLOCKS_PER_SLAB * HASH_BYTES]);
        }
        return blockHashes.get(blockHashes.size() - 1);
    }

    private void submit(SlabWork work) {
        descriptions.add(work.descriptions());
        pending.register();
        boolean accepted = false;
        try {
            workers.accept(work);
            accepted = true;
        } finally {
            if (!accepted) {
                work.end();
            }
        }
    }

    /** Called by workers. */
    @Override
    public void failed(Throwable cause) {
        failure.compareAndSet(null, cause);
    }

    /** Called by workers. */
    @Override
    public void done() {
        pending.arriveAndDeregister();
    }

    private void throwFailure() {
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new IllegalStateException("a hashing worker failed", thrown);
        }
    }

    private ContentInformationV1 contentInformationV1() {
        List<SegmentDescription> described = new ArrayList<>(blockHashes.size());
        long offset = 0;
        for (byte[] hashes : blockHashes) {
            int segmentBytes = (int) Math.min(ContentInformation.V1_SEGMENT_BYTES, readBytes - offset);
            int blocks = (segmentBytes + ContentInformation.V1_BLOCK_BYTES - 1) / ContentInformation.V1_BLOCK_BYTES;
            byte[] listed = blocks * HASH_BYTES == hashes.length ? hashes : Arrays.copyOf(hashes, blocks * HASH_BYTES);
            described.add(SegmentDescription.v1(HashAlgorithm.SHA_256, offset, segmentBytes, listed, secrets.v1()));
            offset += segmentBytes;
        }
        return ContentInformationV1.of(HashAlgorithm.SHA_256, new ContentRange(0, readBytes), described);
    }

    private ContentInformationV2 contentInformationV2() {
        long bytes = descriptions.stream().mapToLong(part -> part.length).sum();
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(bytes));
        descriptions.forEach(all::put);
        return ContentInformationV2.wrap(all.array());
    }

    private static CancellationException cancellation(String message, @Nullable Throwable cause) {
        CancellationException cancellation = new CancellationException(message);
        if (cause != null) {
            cancellation.initCause(cause);
        }
        return cancellation;
    }
}
