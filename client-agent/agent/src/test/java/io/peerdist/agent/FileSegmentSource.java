// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockCipher;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.HeldSegment;
import io.peerdist.codec.pccrr.SegmentSource;
import io.peerdist.codec.pccrr.StoredBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** Blocks in one file, all of them held for ever: what a hosted cache serves in tests. */
public final class FileSegmentSource implements SegmentSource, AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final Map<SegmentId, Map<Integer, HeldBlock>> segments = new ConcurrentHashMap<>();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record HeldBlock(
            int blockIndex,
            CryptoAlgorithm cryptoAlgorithm,
            byte[] initializationVector,
            FileChannel channel,
            long position,
            int ciphertextBytes)
            implements StoredBlock {
        @Override
        public void close() {}
    }

    private record Held(Map<Integer, HeldBlock> records) implements HeldSegment {
        @Override
        public BlockRanges blocks() {
            BitSet held = new BitSet();
            records.keySet().forEach(held::set);
            return BlockRanges.copyOf(held);
        }

        @Override
        public long ageMillis() {
            return 0;
        }

        @Override
        public @Nullable StoredBlock openChecked(int blockIndex) {
            return records.get(blockIndex);
        }

        @Override
        public @Nullable StoredBlock open(int blockIndex) {
            return records.get(blockIndex);
        }
    }

    public FileSegmentSource() {
        try {
            file = Files.createTempFile("segments", ".bin");
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Holds every block of {@code content}, encrypted. */
    public void putAll(Iterable<SegmentDescription> described, byte[] content) {
        for (SegmentDescription segment : described) {
            for (int index = 0; index < segment.blockCount(); index++) {
                put(segment, index, content);
            }
        }
    }

    public void put(SegmentDescription segment, int index, byte[] content) {
        byte[] iv = TestContent.random(BlockCipher.IV_BYTES, segment.offsetInContent() + index);
        int offset = Math.toIntExact(segment.offsetInContent() + (long) index * segment.blockBytes());
        byte[] ciphertext = BlockCipher.encrypt(
                CryptoAlgorithm.AES_128, segment.secret(), iv, content, offset, segment.blockLength(index));
        put(segment.id(), index, CryptoAlgorithm.AES_128, iv, ciphertext);
    }

    synchronized void put(SegmentId id, int index, CryptoAlgorithm algorithm, byte[] iv, byte[] ciphertext) {
        try {
            long position = channel.size();
            channel.write(ByteBuffer.wrap(ciphertext), position);
            segments.computeIfAbsent(id, key -> new ConcurrentSkipListMap<>())
                    .put(index, new HeldBlock(index, algorithm, iv, channel, position, ciphertext.length));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Inverts the first octet of a block. */
    public synchronized void damage(SegmentId id, int index) {
        try {
            HeldBlock damaged = records(id).get(index);
            if (damaged == null) {
                throw new IllegalArgumentException("block: " + index + " (expected: held)");
            }
            ByteBuffer octet = ByteBuffer.allocate(1);
            channel.read(octet, damaged.position());
            octet.put(0, (byte) ~octet.get(0)).rewind();
            channel.write(octet, damaged.position());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Map<Integer, HeldBlock> records(SegmentId id) {
        return segments.getOrDefault(id, Map.of());
    }

    @Override
    public HeldSegment peek(SegmentId id) {
        return new Held(records(id));
    }

    @Override
    public HeldSegment load(SegmentId id) {
        return peek(id);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(file);
    }
}
