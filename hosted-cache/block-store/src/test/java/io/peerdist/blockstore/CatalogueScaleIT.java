// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pchc.ContentComponent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store with many segments: what it takes to open it, to look segments up and to remove them. Entries are written straight
 * into the catalogue, in random order, and their extents are sparse files without records. With {@code
 * -Dpeerdist.scale.segments=20000000 -Dpeerdist.scale.directory=DIR} this prints the figures for a large store and leaves it
 * in {@code DIR}, where a second run, with a fresh heap, finds it.
 */
class CatalogueScaleIT {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogueScaleIT.class);
    private static final long SEGMENTS = Long.getLong("peerdist.scale.segments", 60_000);
    private static final int LOOKUPS = Integer.getInteger("peerdist.scale.lookups", 20_000);
    private static final int SEGMENTS_PER_BATCH = 500;
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int EXTENT_BYTES = 1 << 30;
    private static final int RECORD_BYTES =
            RecordHeader.recordBytes(CryptoAlgorithm.AES_128, BLOCK_BYTES + RecordHeader.IV_BYTES);
    private static final int RECORDS_PER_EXTENT = (EXTENT_BYTES - ExtentHeader.DATA_POSITION) / RECORD_BYTES;
    private static final byte[] TAG = new byte[SegmentAttributes.CONTENT_TAG_BYTES];
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private static final InstantSource CLOCK = InstantSource.system();

    private Path directory = Path.of("");

    private static SegmentId id(long number) {
        SplittableRandom random = new SplittableRandom(number);
        ByteBuffer id = ByteBuffer.allocate(32);
        while (id.hasRemaining()) {
            id.putLong(random.nextLong());
        }
        return SegmentId.of(id.array());
    }

    private BlockStoreSettings settings() {
        long extents = SEGMENTS / RECORDS_PER_EXTENT + 4;
        return BlockStoreSettings.of(directory, (extents + 8) * EXTENT_BYTES).withExtentBytes(EXTENT_BYTES);
    }

    private BlockStore open() {
        return BlockStore.open(settings(), () -> NOW, new SimpleMeterRegistry());
    }

    /** The catalogue of the closed store, as the store itself opens it. */
    private Catalogue openCatalogue() {
        return Catalogue.open(directory.resolve("catalogue"), StoreParts.keyValueSettings(settings()));
    }

    private static SegmentEntry entry(long number) {
        SegmentAttributes attributes = new SegmentAttributes(id(number), BLOCK_BYTES, BLOCK_BYTES, TAG);
        byte[] iv = Arrays.copyOf(attributes.id().toByteArray(), RecordHeader.IV_BYTES);
        int offset = ExtentHeader.DATA_POSITION + (int) (number % RECORDS_PER_EXTENT) * RECORD_BYTES;
        return SegmentEntry.create(attributes, NOW.toEpochMilli(), false)
                .with(
                        0,
                        new BlockPlacement(
                                1 + (int) (number / RECORDS_PER_EXTENT),
                                offset,
                                BLOCK_BYTES + RecordHeader.IV_BYTES,
                                CryptoAlgorithm.AES_128,
                                iv));
    }

    private void fill() throws IOException {
        open().close();
        try (Catalogue catalogue = openCatalogue()) {
            for (long first = 0; first < SEGMENTS; first += SEGMENTS_PER_BATCH) {
                long from = first;
                catalogue.commit(batch -> {
                    for (long n = from; n < Math.min(SEGMENTS, from + SEGMENTS_PER_BATCH); n++) {
                        batch.putPage(entry(n), 0);
                    }
                });
            }
            for (int extentId = 1; (extentId - 1L) * RECORDS_PER_EXTENT < SEGMENTS; extentId++) {
                addExtent(catalogue, extentId);
            }
            TagCounts tags = TagCounts.NONE.plus(ContentComponent.OTHER, SEGMENTS, SEGMENTS * BLOCK_BYTES);
            catalogue.commit(
                    batch -> batch.putStatus(new Catalogue.StoreStatus(SEGMENTS, SEGMENTS + 1, true, false, tags)));
            catalogue.flush();
        }
    }

    private void addExtent(Catalogue catalogue, int extentId) throws IOException {
        int blocks = (int) Math.min(RECORDS_PER_EXTENT, SEGMENTS - (extentId - 1L) * RECORDS_PER_EXTENT);
        ExtentHeader header = new ExtentHeader(extentId, EXTENT_BYTES, extentId);
        Path file = directory.resolve("log").resolve(String.format("%08x.extent", extentId));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(header.encode(), 0);
            channel.write(ByteBuffer.allocate(1), EXTENT_BYTES - 1L);
        }
        int written = ExtentHeader.DATA_POSITION + blocks * RECORD_BYTES;
        ExtentState state = ExtentState.created(header)
                .withPhase(ExtentState.Phase.SEALED)
                .withWrittenBytes(written)
                .withSyncedBytes(written)
                .plus(blocks, (long) blocks * RECORD_BYTES, 0);
        catalogue.commit(batch -> batch.putExtent(state));
    }

    private static double seconds(Runnable work) {
        Instant begin = CLOCK.instant();
        work.run();
        return Duration.between(begin, CLOCK.instant()).toNanos() / 1e9;
    }

    /** Percentiles of the time that one call takes, in microseconds. */
    private static String latencies(LongStream numbers, LongConsumer call) {
        long[] nanos = numbers.map(number -> {
                    Instant begin = CLOCK.instant();
                    call.accept(number);
                    return Duration.between(begin, CLOCK.instant()).toNanos();
                })
                .sorted()
                .toArray();
        return String.format(
                Locale.ROOT,
                "p50 %.1f us, p99 %.1f us, max %.1f us",
                nanos[nanos.length / 2] / 1e3,
                nanos[nanos.length * 99 / 100] / 1e3,
                nanos[nanos.length - 1] / 1e3);
    }

    private static String residentMemory() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS") || line.startsWith("RssAnon"))
                    .map(line -> line.replaceAll("\\s+", " "))
                    .toList()
                    .toString();
        } catch (IOException e) {
            return "unknown";
        }
    }

    private long bytesOnDisk() {
        try (Stream<Path> files = Files.list(directory.resolve("catalogue"))) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static LongStream random(long seed, long bound) {
        return new SplittableRandom(seed).longs(LOOKUPS, 0, bound);
    }

    @Test
    void opensLooksUpAndRemovesWhateverTheNumberOfSegments(@TempDir Path temporary) throws IOException {
        String kept = System.getProperty("peerdist.scale.directory");
        directory = (kept == null ? temporary : Path.of(kept)).resolve("store");
        StringBuilder report = new StringBuilder("\n");
        if (!Files.exists(directory)) {
            report.append(String.format(
                    "load %.1f s%n",
                    seconds(() -> {
                        try {
                            fill();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })));
        }
        report.append(String.format("catalogue %,d bytes for %,d segments%n", bytesOnDisk(), SEGMENTS));
        BlockStore[] store = new BlockStore[1];
        report.append(String.format("open %.2f s%n", seconds(() -> store[0] = open())));
        try (BlockStore open = store[0]) {
            report.append("memory after open ").append(residentMemory()).append('\n');
            assertThat(open.statistics().segments())
                    .isGreaterThan(SEGMENTS - 2L * LOOKUPS)
                    .isLessThanOrEqualTo(SEGMENTS);
            lookUp(open, report);
            remove(open, report);
            report.append("memory at the end ").append(residentMemory()).append('\n');
        }
        report.append(String.format("open after that %.2f s%n", seconds(() -> open().close())));
        LOG.info("{}", report);
        if (kept != null) {
            LOG.error("{}", report);
        }
    }

    private static void lookUp(BlockStore store, StringBuilder report) {
        AtomicLong found = new AtomicLong();
        for (int round = 1; round <= 2; round++) {
            report.append("misses ")
                    .append(latencies(random(round, Long.MAX_VALUE), n -> {
                        assertThat(store.find(id(-n - 1))).isNull();
                    }))
                    .append('\n');
            report.append("hits ")
                    .append(latencies(random(10 + round, SEGMENTS), n -> {
                        found.addAndGet(store.find(id(n)) == null ? 0 : 1);
                    }))
                    .append('\n');
            report.append("memory ").append(residentMemory()).append('\n');
        }
        assertThat(found.get()).isGreaterThan(LOOKUPS);
    }

    private static void remove(BlockStore store, StringBuilder report) {
        long before = store.statistics().segments();
        // Another stretch in each run over the same directory.
        long from = (SEGMENTS - before) % (SEGMENTS - LOOKUPS / 10);
        AtomicLong removed = new AtomicLong();
        report.append("removals ")
                .append(latencies(LongStream.range(from, from + LOOKUPS / 10), n -> {
                    removed.addAndGet(store.evict(id(n)) ? 1 : 0);
                }))
                .append('\n');
        assertThat(store.statistics().segments()).isEqualTo(before - removed.get());
        assertThat(store.find(id(from))).isNull();
    }

    @Test
    void aMissReadsNoDataBlock(@TempDir Path temporary) throws IOException {
        directory = temporary.resolve("store");
        fill();
        try (Catalogue catalogue = openCatalogue()) {
            AtomicLong found = new AtomicLong();
            KeyValueDatabase.BlockReads misses = catalogue.count(() -> random(1, Long.MAX_VALUE)
                    .forEach(n -> found.addAndGet(catalogue.read(id(-n - 1)) == null ? 0 : 1)));
            assertThat(found).hasValue(0);
            // The filter takes one in a hundred for known.
            assertThat(misses.dataBlocks()).isLessThan(LOOKUPS / 50);
            // And stays in memory once it is there.
            assertThat(catalogue
                            .count(() -> random(2, Long.MAX_VALUE).forEach(n -> catalogue.read(id(-n - 1))))
                            .filterAndIndexBlocks())
                    .isLessThan(LOOKUPS / 50);
            KeyValueDatabase.BlockReads hits = catalogue.count(() -> random(3, SEGMENTS)
                    .forEach(n -> assertThat(catalogue.read(id(n))).isNotNull()));
            assertThat(hits.dataBlocks()).isPositive();
        }
    }
}
