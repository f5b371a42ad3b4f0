// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.load;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.BlockStoreSettings;
import io.peerdist.blockstore.PutResult;
import io.peerdist.blockstore.SegmentAttributes;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.RetrievalCodec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Fills a store that no daemon has open with encrypted blocks of 64 KiB, and writes beside it what the comparison needs:
 * one {@code MSG_GETBLKS} for each block, and if wanted the body of each answer, as the codec writes it, in a file. What a
 * server answers can so be held against bytes that it had no part in. The blocks are random octets from a seed: nobody
 * can tell them from ciphertext, and the hosted cache has no key anyway.
 */
public final class StoreFiller {
    /** Blocks of version 1.0, and of the most common length in a store. */
    public static final int BLOCK_BYTES = 64 << 10;

    private static final int IV_BYTES = 16;
    private static final int SEGMENT_ID_BYTES = 32; // SHA-256
    private static final byte[] NO_TAG = new byte[SegmentAttributes.CONTENT_TAG_BYTES];

    private final SplittableRandom random;
    private final int blocksPerSegment;

    /**
     * @param seed decides every octet
     * @param blocksPerSegment 1, as segments of version 2.0 are, to 512, as those of version 1.0
     */
    public StoreFiller(long seed, int blocksPerSegment) {
        this.random = new SplittableRandom(seed);
        this.blocksPerSegment = blocksPerSegment;
    }

    /**
     * Puts {@code blocks} blocks.
     *
     * @param requests gets the requests, all of one length, in the order of the blocks
     * @param answers a directory that gets the answers under the names {@code 0}, {@code 1} and so on; null for none
     * @throws IllegalStateException the store did not take a block
     */
    public void fill(BlockStore store, int blocks, OutputStream requests, @Nullable Path answers) throws IOException {
        for (int done = 0; done < blocks; ) {
            int count = Math.min(blocksPerSegment, blocks - done);
            SegmentId id = SegmentId.of(octets(SEGMENT_ID_BYTES));
            SegmentAttributes segment = new SegmentAttributes(id, BLOCK_BYTES, count * BLOCK_BYTES, NO_TAG);
            for (int index = 0; index < count; index++, done++) {
                byte[] iv = octets(IV_BYTES);
                byte[] ciphertext = octets(BLOCK_BYTES);
                PutResult result = store.put(segment, index, CryptoAlgorithm.AES_128, iv, ByteBuffer.wrap(ciphertext));
                if (result != PutResult.STORED) {
                    throw new IllegalStateException("block " + done + ": " + result + " (expected: STORED)");
                }
                requests.write(RetrievalCodec.encodeRequest(GetBlocks.one(id, index)));
                if (answers != null) {
                    int next = index + 1 < count ? index + 1 : 0;
                    BlockResponse answer = new BlockResponse(id, index, next, CryptoAlgorithm.AES_128, ciphertext, iv);
                    Files.write(answers.resolve(Integer.toString(done)), RetrievalCodec.encodeResponse(answer));
                }
            }
        }
        store.sync();
    }

    private byte[] octets(int count) {
        byte[] octets = new byte[count];
        random.nextBytes(octets);
        return octets;
    }

    /**
     * {@code STORE CACHE-BYTES BLOCKS BLOCKS-PER-SEGMENT SEED REQUESTS [ANSWERS]}: three paths, of which the last is a
     * directory that exists.
     */
    public static void main(String[] arguments) throws IOException {
        BlockStoreSettings settings = BlockStoreSettings.of(Path.of(arguments[0]), Long.parseLong(arguments[1]));
        int blocks = Integer.parseInt(arguments[2]);
        StoreFiller filler = new StoreFiller(Long.parseLong(arguments[4]), Integer.parseInt(arguments[3]));
        try (BlockStore store = BlockStore.open(settings, InstantSource.system(), new SimpleMeterRegistry());
                OutputStream requests = Files.newOutputStream(Path.of(arguments[5]))) {
            filler.fill(store, blocks, requests, arguments.length > 6 ? Path.of(arguments[6]) : null);
        }
    }
}
