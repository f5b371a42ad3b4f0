// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.HeldSegment;
import io.peerdist.codec.pccrr.SegmentSource;
import io.peerdist.codec.pccrr.StoredBlock;
import io.peerdist.conformance.Hex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A segment source over one file that counts how often blocks are opened and closed. */
final class FileSegmentSource implements SegmentSource, AutoCloseable {
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger closedTwice = new AtomicInteger();
    final AtomicInteger loads = new AtomicInteger();
    /** Set to make every look-up of segments fall through to the disk. */
    volatile boolean forgetful;
    /** Set to make every block need its checksum checked first. */
    volatile boolean unchecked;
    /** Set to make every block turn out damaged when it is checked. */
    volatile boolean damaged;
    /** Runs in every access to the disk. */
    volatile Runnable onDisk = () -> {};

    private final FileChannel file;
    private final Map<SegmentId, Map<Integer, Location>> segments = new ConcurrentHashMap<>();
    private final Map<SegmentId, Long> ages = new ConcurrentHashMap<>();

    private record Location(long position, int bytes, CryptoAlgorithm algorithm, String ivHex) {}

    FileSegmentSource(Path directory) throws IOException {
        file = FileChannel.open(
                directory.resolve("blocks"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    void hold(SegmentId id, int index, CryptoAlgorithm algorithm, byte[] iv, byte[] ciphertext) {
        try {
            long position = file.size();
            file.write(ByteBuffer.wrap(ciphertext), position);
            segments.computeIfAbsent(id, key -> new ConcurrentHashMap<>())
                    .put(index, new Location(position, ciphertext.length, algorithm, Hex.of(iv)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void age(SegmentId id, long millis) {
        ages.put(id, millis);
    }

    void truncate() throws IOException {
        file.truncate(0);
    }

    int open() {
        return opened.get() - closed.get();
    }

    @Override
    public @Nullable HeldSegment peek(SegmentId id) {
        return forgetful ? null : new Held(id);
    }

    @Override
    public HeldSegment load(SegmentId id) {
        loads.incrementAndGet();
        onDisk.run();
        return new Held(id);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private final class Held implements HeldSegment {
        private final SegmentId id;
        private final Map<Integer, Location> blocks;

        Held(SegmentId id) {
            this.id = id;
            this.blocks = segments.getOrDefault(id, Map.of());
        }

        @Override
        public BlockRanges blocks() {
            BitSet held = new BitSet();
            blocks.keySet().forEach(held::set);
            return BlockRanges.copyOf(held);
        }

        @Override
        public long ageMillis() {
            return ages.getOrDefault(id, 0L);
        }

        @Override
        public @Nullable StoredBlock openChecked(int blockIndex) {
            return unchecked ? null : opened(blockIndex);
        }

        @Override
        public @Nullable StoredBlock open(int blockIndex) {
            onDisk.run();
            return damaged ? null : opened(blockIndex);
        }

        private @Nullable StoredBlock opened(int blockIndex) {
            Location location = blocks.get(blockIndex);
            if (location == null) {
                return null;
            }
            opened.incrementAndGet();
            return new FileBlock(blockIndex, location);
        }
    }

    private final class FileBlock implements StoredBlock {
        private final int index;
        private final Location location;
        private final AtomicInteger closings = new AtomicInteger();

        FileBlock(int index, Location location) {
            this.index = index;
            this.location = location;
        }

        @Override
        public int blockIndex() {
            return index;
        }

        @Override
        public CryptoAlgorithm cryptoAlgorithm() {
            return location.algorithm();
        }

        @Override
        public byte[] initializationVector() {
            return Hex.parse(location.ivHex());
        }

        @Override
        public FileChannel channel() {
            return file;
        }

        @Override
        public long position() {
            return location.position();
        }

        @Override
        public int ciphertextBytes() {
            return location.bytes();
        }

        @Override
        public void close() {
            if (closings.getAndIncrement() == 0) {
                closed.incrementAndGet();
            } else {
                closedTwice.incrementAndGet();
            }
        }
    }
}
