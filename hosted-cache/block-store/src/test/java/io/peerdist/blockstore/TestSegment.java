// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.StoredBlock;
import io.peerdist.codec.pchc.ContentTag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A segment whose every octet follows from its number, so that a reader in any process can tell right from wrong.
 *
 * @param number which one
 * @param attributes its id and geometry
 * @param crypto how its blocks pretend to be encrypted
 */
record TestSegment(long number, SegmentAttributes attributes, CryptoAlgorithm crypto) {
    private static final int V1_BLOCK_BYTES = 64 << 10;

    /** A segment of version 2: one block of {@code bytes} octets. */
    static TestSegment ofOneBlock(long number, int bytes) {
        return of(number, bytes, bytes, CryptoAlgorithm.AES_128);
    }

    /** A segment of version 1: blocks of 64 KiB. */
    static TestSegment ofManyBlocks(long number, int bytes) {
        return of(number, V1_BLOCK_BYTES, bytes, CryptoAlgorithm.AES_256);
    }

    static TestSegment of(long number, int blockBytes, int segmentBytes, CryptoAlgorithm crypto) {
        return new TestSegment(
                number, new SegmentAttributes(id(number), blockBytes, segmentBytes, tag(number)), crypto);
    }

    /** One of those that are told apart, or something else. */
    private static byte[] tag(long number) {
        List<ContentTag> known = List.of(ContentTag.WININET, ContentTag.WEBIO, ContentTag.BITS, ContentTag.SMB);
        int choice = (int) (number % 6);
        if (choice < known.size()) {
            return known.get(choice).toByteArray();
        }
        byte[] tag = new byte[SegmentAttributes.CONTENT_TAG_BYTES];
        random(number, -1).nextBytes(tag);
        return tag;
    }

    static SegmentId id(long number) {
        byte[] id = new byte[32];
        random(number, -2).nextBytes(id);
        return SegmentId.of(id);
    }

    private static SplittableRandom random(long number, int index) {
        return new SplittableRandom(number * 1_000_003 + index);
    }

    SegmentId id() {
        return attributes.id();
    }

    int blockCount() {
        return attributes.blockCount();
    }

    byte[] iv(int index) {
        byte[] iv = new byte[crypto == CryptoAlgorithm.NONE ? 0 : 16];
        random(number, index + 10_000).nextBytes(iv);
        return iv;
    }

    byte[] ciphertext(int index) {
        int plain = attributes.blockLength(index);
        byte[] octets = new byte[crypto == CryptoAlgorithm.NONE ? plain : (plain / 16 + 1) * 16];
        random(number, index).nextBytes(octets);
        return octets;
    }

    PutResult put(BlockStore store, int index) {
        return store.put(attributes, index, crypto, iv(index), ByteBuffer.wrap(ciphertext(index)));
    }

    void putAll(BlockStore store) {
        for (int index = 0; index < blockCount(); index++) {
            assertThat(put(store, index)).isEqualTo(PutResult.STORED);
        }
    }

    /** Whether the store gives the block; fails when it gives anything but the right octets. */
    boolean isReadable(BlockStore store, int index) {
        try (StoredBlock block = store.load(id()).open(index)) {
            if (block == null) {
                return false;
            }
            assertRight(block, index);
            return true;
        }
    }

    void assertRight(StoredBlock block, int index) {
        assertThat(block.blockIndex()).isEqualTo(index);
        assertThat(block.cryptoAlgorithm()).isEqualTo(crypto);
        assertThat(block.initializationVector()).isEqualTo(iv(index));
        assertThat(octets(block)).isEqualTo(ciphertext(index));
        ByteBuffer trailer = RetrievalCodec.blockTrailer(block.ciphertextBytes(), iv(index));
        assertThat(block.trailerBytes()).isEqualTo(trailer.remaining());
        assertThat(ByteBuffer.wrap(octets(block, block.position() + block.ciphertextBytes(), block.trailerBytes())))
                .isEqualTo(trailer);
    }

    static byte[] octets(StoredBlock block) {
        return octets(block, block.position(), block.ciphertextBytes());
    }

    private static byte[] octets(StoredBlock block, long position, int bytes) {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        try {
            while (target.hasRemaining() && block.channel().read(target, position + target.position()) > 0) {
                // reads on
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target.array();
    }

    int recordBytes(int index) {
        return RecordHeader.recordBytes(crypto, ciphertext(index).length);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TestSegment that && number == that.number;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(number);
    }
}
