// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.load;

import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.PutResult;
import io.peerdist.blockstore.SegmentAttributes;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrc.ServerSecret;
import io.peerdist.codec.pccrr.BlockCipher;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pchc.ContentTag;
import io.peerdist.codec.pchc.SegmentDescriptor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Content that nobody has but the store it is put into: what a client that offers brings along. */
final class OfferedContent {
    private static final int BLOCK_BYTES = ContentInformation.V1_BLOCK_BYTES;
    private static final int BLOCKS_PER_SEGMENT = ContentInformation.V1_SEGMENT_BYTES / BLOCK_BYTES;
    private static final int IV_BYTES = 16;
    private static final int KEY_BYTES = 32;

    private final BlockStore store;
    private final SplittableRandom random;

    OfferedContent(BlockStore store, long seed) {
        this.store = store;
        this.random = new SplittableRandom(seed);
    }

    /** Segments of version 2.0, of one block each; a hosted cache cannot look into them, so random octets will do. */
    List<SegmentDescriptor> version2(int blocks) {
        List<SegmentDescriptor> segments = new ArrayList<>(blocks);
        for (int i = 0; i < blocks; i++) {
            SegmentId id = SegmentId.of(octets(KEY_BYTES));
            put(new SegmentAttributes(id, BLOCK_BYTES, BLOCK_BYTES, tag()), 0, octets(BLOCK_BYTES), octets(IV_BYTES));
            segments.add(new SegmentDescriptor(
                    BLOCK_BYTES, BLOCK_BYTES, ContentTag.OTHER, HashAlgorithm.TRUNCATED_SHA_512, id));
        }
        return segments;
    }

    /** Segments of version 1.0, as many whole ones as {@code blocks} make: hashed and encrypted, for they are verified. */
    List<SegmentDescription> version1(int blocks) {
        ServerSecret secret = ServerSecret.derive(HashAlgorithm.SHA_256, SecretKey.of(octets(KEY_BYTES)));
        List<SegmentDescription> segments = new ArrayList<>();
        for (int done = 0; done + BLOCKS_PER_SEGMENT <= blocks; done += BLOCKS_PER_SEGMENT) {
            byte[] plain = octets(ContentInformation.V1_SEGMENT_BYTES);
            ByteBuffer hashes = ByteBuffer.allocate(BLOCKS_PER_SEGMENT * HashAlgorithm.SHA_256.digestBytes());
            for (int at = 0; at < plain.length; at += BLOCK_BYTES) {
                hashes.put(HashAlgorithm.SHA_256.hash(plain, at, BLOCK_BYTES));
            }
            SegmentDescription segment =
                    SegmentDescription.v1(HashAlgorithm.SHA_256, 0, plain.length, hashes.array(), secret);
            putEncrypted(segment, plain);
            segments.add(segment);
        }
        return segments;
    }

    private void putEncrypted(SegmentDescription segment, byte[] plain) {
        SegmentAttributes attributes = new SegmentAttributes(segment.id(), BLOCK_BYTES, plain.length, tag());
        for (int index = 0; index < BLOCKS_PER_SEGMENT; index++) {
            byte[] iv = octets(IV_BYTES);
            byte[] ciphertext = BlockCipher.encrypt(
                    CryptoAlgorithm.AES_128, segment.secret(), iv, plain, index * BLOCK_BYTES, BLOCK_BYTES);
            put(attributes, index, ciphertext, iv);
        }
    }

    private void put(SegmentAttributes segment, int index, byte[] ciphertext, byte[] iv) {
        PutResult result = store.put(segment, index, CryptoAlgorithm.AES_128, iv, ByteBuffer.wrap(ciphertext));
        if (result != PutResult.STORED) {
            throw new IllegalStateException(
                    "block " + index + " of " + segment.id() + ": " + result + " (expected: STORED)");
        }
    }

    private static byte[] tag() {
        return ContentTag.OTHER.toByteArray();
    }

    private byte[] octets(int count) {
        byte[] octets = new byte[count];
        random.nextBytes(octets);
        return octets;
    }
}
