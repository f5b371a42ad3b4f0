// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.source;

import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.BlockStoreException;
import io.peerdist.blockstore.NewBlock;
import io.peerdist.blockstore.PutResult;
import io.peerdist.blockstore.SegmentAttributes;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockCipher;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.StoredBlock;
import io.peerdist.codec.pchc.ContentTag;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The block store as the cache of this machine. Blocks rest encrypted, each once and with an initialization vector of its
 * own, ready to be served to others. What the store refuses is not kept, and that is all. Thread-safe.
 */
public final class StoredCache implements LocalCache {
    private static final Logger LOGGER = LoggerFactory.getLogger(StoredCache.class);

    /** The longest block, and what encryption adds to it (MS-PCCRC 2.4, MS-PCCRR 2.2.5.3). */
    private static final int ROOM_BYTES = (128 << 10) + BlockCipher.IV_BYTES;

    private final BlockStore store;
    private final SecureRandom random;
    /** As many as there were threads at once that needed one. */
    private final ConcurrentLinkedDeque<BlockCipher> ciphers = new ConcurrentLinkedDeque<>();

    /** For blocks on their way from the disk, as many as there were threads at once that read. */
    private final ConcurrentLinkedDeque<ByteBuffer> rooms = new ConcurrentLinkedDeque<>();

    private final AtomicReference<@Nullable PutResult> lastRefusal = new AtomicReference<>();

    /** The store stays the caller's to close; {@code random} makes the initialization vectors. */
    public StoredCache(BlockStore store, SecureRandom random) {
        this.store = store;
        this.random = random;
    }

    /** Whether every block of the segment is kept. */
    public boolean isComplete(SegmentId id) {
        try {
            return store.isComplete(id);
        } catch (BlockStoreException e) {
            LOGGER.debug("{}", e.getMessage());
            return false;
        }
    }

    /** Why a block was not kept since the last call; null when none was refused. */
    public @Nullable PutResult takeRefusal() {
        return lastRefusal.getAndSet(null);
    }

    @Override
    public BlockRanges held(SegmentDescription segment) {
        try {
            return store.load(segment.id()).blocks();
        } catch (BlockStoreException e) {
            LOGGER.debug("{}", e.getMessage());
            return BlockRanges.NONE;
        }
    }

    @Override
    public FetchedBlock read(SegmentDescription segment, int blockIndex) {
        return read(segment, blockIndex, ByteBuffer.allocate(0));
    }

    @Override
    public <T> T read(SegmentDescription segment, int blockIndex, Function<FetchedBlock, T> take) {
        ByteBuffer unused = rooms.pollFirst();
        ByteBuffer room = unused == null ? ByteBuffer.allocate(ROOM_BYTES) : unused;
        try {
            return take.apply(read(segment, blockIndex, room));
        } finally {
            rooms.addFirst(room);
        }
    }

    private FetchedBlock read(SegmentDescription segment, int blockIndex, ByteBuffer room) {
        try (StoredBlock block = store.load(segment.id()).open(blockIndex)) {
            return block == null ? FetchedBlock.ABSENT : read(block, room);
        } catch (BlockStoreException | IOException e) {
            LOGGER.debug("block {} of {}: {}", blockIndex, segment.id(), e.getMessage());
            return FetchedBlock.ABSENT;
        }
    }

    /** Into {@code room} when that is large enough. */
    private static FetchedBlock read(StoredBlock block, ByteBuffer room) throws IOException {
        int bytes = block.ciphertextBytes();
        ByteBuffer ciphertext = bytes <= room.capacity() ? room.clear().limit(bytes) : ByteBuffer.allocate(bytes);
        while (ciphertext.hasRemaining()) {
            if (block.channel().read(ciphertext, block.position() + ciphertext.position()) < 0) {
                return FetchedBlock.ABSENT;
            }
        }
        return new FetchedBlock.Encrypted(block.cryptoAlgorithm(), block.initializationVector(), ciphertext.flip());
    }

    @Override
    public void keep(List<ReceivedBlock> blocks) {
        List<NewBlock> fresh = new ArrayList<>(blocks.size());
        for (ReceivedBlock received : blocks) {
            FetchedBlock.Encrypted block = received.block();
            fresh.add(new NewBlock(
                    attributes(received.segment()),
                    received.blockIndex(),
                    block.algorithm(),
                    block.initializationVector(),
                    block.ciphertext()));
        }
        try {
            for (PutResult result : store.putAll(fresh)) {
                if (!result.isHeld()) {
                    lastRefusal.set(result);
                }
            }
        } catch (BlockStoreException e) {
            LOGGER.debug("{} blocks could not be kept: {}", blocks.size(), e.getMessage());
            lastRefusal.set(PutResult.REJECTED_IO);
        }
    }

    private static SegmentAttributes attributes(SegmentDescription segment) {
        return new SegmentAttributes(
                segment.id(), segment.blockBytes(), segment.segmentBytes(), ContentTag.OTHER.toByteArray());
    }

    @Override
    public void keep(SegmentDescription segment, int blockIndex, ByteBuffer plain) {
        if (held(segment).contains(blockIndex)) {
            return;
        }
        byte[] initializationVector = new byte[BlockCipher.IV_BYTES];
        random.nextBytes(initializationVector);
        FetchedBlock.Encrypted block = new FetchedBlock.Encrypted(
                CryptoAlgorithm.AES_128, initializationVector, encrypted(segment, initializationVector, plain));
        keep(List.of(new ReceivedBlock(segment, blockIndex, block)));
    }

    private ByteBuffer encrypted(SegmentDescription segment, byte[] initializationVector, ByteBuffer plain) {
        ByteBuffer ciphertext =
                ByteBuffer.allocate(BlockCipher.ciphertextBytes(CryptoAlgorithm.AES_128, plain.remaining()));
        BlockCipher unused = ciphers.pollFirst();
        BlockCipher cipher = unused == null ? new BlockCipher() : unused;
        cipher.encrypt(CryptoAlgorithm.AES_128, segment.secret(), initializationVector, plain, ciphertext);
        ciphers.addFirst(cipher);
        return ciphertext.flip();
    }

    @Override
    public void drop(SegmentDescription segment, int blockIndex) {
        try {
            store.removeBlock(segment.id(), blockIndex);
        } catch (BlockStoreException e) {
            LOGGER.debug("block {} of {}: {}", blockIndex, segment.id(), e.getMessage());
        }
    }
}
