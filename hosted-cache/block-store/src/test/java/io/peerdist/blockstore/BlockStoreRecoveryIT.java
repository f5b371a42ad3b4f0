// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.conformance.Await;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a block store makes of files that are not as it left them. */
class BlockStoreRecoveryIT {
    private static final int FIRST_RECORD = ExtentHeader.DATA_POSITION;

    /** Everything that can wait does. */
    private static final Recovery.Limits PUT_OFF = new Recovery.Limits(0, 0);

    private StoreDirectoryFixture fixture;

    @BeforeEach
    void chooseDirectory(@TempDir Path directory) {
        fixture = new StoreDirectoryFixture(directory.resolve("store"));
    }

    private List<TestSegment> fill(int count) {
        List<TestSegment> segments = new ArrayList<>();
        try (BlockStore store = fixture.open()) {
            for (int number = 0; number < count; number++) {
                TestSegment segment = TestSegment.ofOneBlock(number, 60_000);
                segment.putAll(store);
                segments.add(segment);
            }
        }
        return segments;
    }

    private static long readable(BlockStore store, List<TestSegment> segments) {
        return segments.stream().filter(segment -> segment.isReadable(store, 0)).count();
    }

    /** What the store says of itself agrees with what it gives. */
    private static void assertCountsAgree(BlockStore store, long blocks) {
        assertThat(store.statistics().blocks()).isEqualTo(blocks);
        assertThat(store.statistics().segments())
                .isEqualTo(store.list(null, 1000).segments().size());
    }

    @Test
    void dropsABlockWithAFlippedBit() {
        List<TestSegment> segments = fill(3);
        StoreDirectoryFixture.flip(fixture.extents().get(0), FIRST_RECORD + RecordHeader.BYTES + 777);
        try (BlockStore store = fixture.open()) {
            assertThat(store.load(segments.get(0).id()).blocks().contains(0)).isTrue();
            assertThat(segments.get(0).isReadable(store, 0)).isFalse();
            assertThat(store.load(segments.get(0).id()).blocks().isEmpty()).isTrue();
            assertThat(readable(store, segments)).isEqualTo(2);
            assertThat(fixture.counter("peerdist_store_damaged_blocks")).isEqualTo(1);
            assertThat(fixture.counter("peerdist_evictions", "reason", "damage"))
                    .isEqualTo(1);
            assertCountsAgree(store, 2);
            assertThat(segments.get(0).put(store, 0)).isEqualTo(PutResult.STORED);
            assertThat(readable(store, segments)).isEqualTo(3);
        }
    }

    @Test
    void dropsABlockWhoseHeaderIsDamaged() {
        List<TestSegment> segments = fill(2);
        StoreDirectoryFixture.flip(fixture.extents().get(0), FIRST_RECORD + 80);
        try (BlockStore store = fixture.open()) {
            assertThat(readable(store, segments)).isEqualTo(1);
            assertCountsAgree(store, 1);
        }
    }

    @Test
    void neverServesABlockUnderAnotherIndex() throws IOException {
        TestSegment segment = TestSegment.of(1, 1000, 3000, CryptoAlgorithm.AES_128);
        try (BlockStore store = fixture.open()) {
            segment.putAll(store);
        }
        int recordBytes = segment.recordBytes(0);
        try (FileChannel file =
                FileChannel.open(fixture.extents().get(0), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer second = ByteBuffer.allocate(recordBytes);
            file.read(second, FIRST_RECORD + recordBytes);
            file.write(second.flip(), FIRST_RECORD);
        }
        try (BlockStore store = fixture.open()) {
            assertThat(segment.isReadable(store, 0)).isFalse();
            assertThat(segment.isReadable(store, 1)).isTrue();
        }
    }

    @Test
    void verificationFindsAndDropsDamage() {
        List<TestSegment> segments = fill(20);
        StoreDirectoryFixture.flip(fixture.extents().get(0), FIRST_RECORD + 5000);
        StoreDirectoryFixture.flip(fixture.extents().get(1), FIRST_RECORD + 5000);
        try (BlockStore store = fixture.open()) {
            VerificationProgress result = store.verifyAll(progress -> true);
            assertThat(result.blocks()).isEqualTo(20);
            assertThat(result.damagedBlocks()).isEqualTo(2);
            assertThat(readable(store, segments)).isEqualTo(18);
            assertThat(store.verifyAll(progress -> true).damagedBlocks()).isZero();
            assertCountsAgree(store, 18);
        }
    }

    @Test
    void makesALostCatalogueAnew() {
        List<TestSegment> segments = fill(40);
        TestSegment partial = TestSegment.ofManyBlocks(1000, 40 * 65536);
        try (BlockStore store = fixture.open()) {
            partial.put(store, 0);
            partial.put(store, 39);
        }
        fixture.deleteCatalogue();
        try (BlockStore store = fixture.open()) {
            assertThat(readable(store, segments)).isEqualTo(40);
            assertThat(partial.isReadable(store, 39)).isTrue();
            SegmentSummary summary = Objects.requireNonNull(store.find(partial.id()));
            assertThat(summary.attributes()).isEqualTo(partial.attributes());
            assertThat(summary.created()).isEqualTo(fixture.clock().instant());
            assertCountsAgree(store, 42);
            TestSegment.ofOneBlock(2000, 60_000).putAll(store);
        }
        try (BlockStore store = fixture.open()) {
            assertThat(TestSegment.ofOneBlock(2000, 60_000).isReadable(store, 0))
                    .isTrue();
            assertThat(readable(store, segments)).isEqualTo(40);
        }
    }

    @Test
    void servesWhileItReadsTheExtentsOfALostCatalogue() {
        List<TestSegment> segments = fill(60);
        fixture.deleteCatalogue();
        CountDownLatch reading = new CountDownLatch(1);
        try (BlockStore store = fixture.open(
                directory -> {
                    FaultyExtentFiles files = new FaultyExtentFiles(directory);
                    files.beforeRead = () -> awaitInHousekeeping(reading);
                    return files;
                },
                PUT_OFF)) {
            assertThat(store.recoveryReport().catalogueNew()).isTrue();
            assertThat(store.recoveryReport().extentsToRead()).isGreaterThan(2);
            assertThat(store.isRecovering()).isTrue();
            TestSegment put = TestSegment.ofOneBlock(2000, 60_000);
            put.putAll(store);
            assertThat(put.isReadable(store, 0)).isTrue();
            // One that will be found, too, in the other ciphertext's place.
            segments.get(3).putAll(store);
            reading.countDown();
            Await.until("all extents read", () -> !store.isRecovering());
            assertThat(readable(store, segments)).isEqualTo(60);
            assertCountsAgree(store, 61);
        } finally {
            reading.countDown();
        }
        try (BlockStore store = fixture.open()) {
            assertThat(store.recoveryReport().hasRepaired()).isFalse();
            assertCountsAgree(store, 61);
        }
    }

    @Test
    void goesOnReadingTheExtentsAfterARestart() {
        List<TestSegment> segments = fill(60);
        fixture.deleteCatalogue();
        CountDownLatch never = new CountDownLatch(1);
        try (BlockStore store = fixture.open(
                directory -> {
                    FaultyExtentFiles files = new FaultyExtentFiles(directory);
                    files.beforeRead = () -> awaitInHousekeeping(never);
                    return files;
                },
                PUT_OFF)) {
            assertThat(store.statistics().blocks()).isZero();
            never.countDown();
        }
        try (BlockStore store = fixture.open()) {
            assertThat(store.isRecovering()).isFalse();
            assertThat(readable(store, segments)).isEqualTo(60);
            assertCountsAgree(store, 60);
        }
    }

    /** The housekeeping's thread stands still while it holds nothing that others need. */
    private static void awaitInHousekeeping(CountDownLatch latch) {
        if (Thread.currentThread().getName().equals("block-store-housekeeping")) {
            Await.until("the latch", () -> latch.getCount() == 0);
        }
    }

    @Test
    void checksALargeCatalogueWhileItServes() throws IOException {
        List<TestSegment> segments = fill(40);
        Files.delete(fixture.extents().get(1));
        StoreDirectoryFixture.truncate(fixture.extents().get(0), 500_000);
        try (BlockStore store = fixture.open(DiskExtentFiles::new, PUT_OFF)) {
            assertThat(store.recoveryReport().sweepPending()).isTrue();
            assertThat(store.recoveryReport().extentsLost()).isEqualTo(1);
            Await.until("the catalogue checked", () -> !store.isRecovering());
            long readable = readable(store, segments);
            assertThat(readable).isBetween(5L, 30L);
            assertCountsAgree(store, readable);
            assertThat(store.verifyAll(progress -> true).blocks()).isEqualTo(readable);
        }
        try (BlockStore store = fixture.open(DiskExtentFiles::new, PUT_OFF)) {
            assertThat(store.recoveryReport().sweepPending()).isFalse();
        }
    }

    @Test
    void makesAnUnreadableCatalogueAnew() throws IOException {
        List<TestSegment> segments = fill(10);
        try (Stream<Path> files = Files.list(fixture.directory().resolve("catalogue"))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith("MANIFEST") || name.equals("CURRENT")) {
                    Files.writeString(file, "not a manifest at all, but long enough to be taken for one\n");
                }
            }
        }
        try (BlockStore store = fixture.open()) {
            assertThat(readable(store, segments)).isEqualTo(10);
            assertCountsAgree(store, 10);
        }
    }

    @Test
    void aRebuildStepsOverDamagedRecords() {
        List<TestSegment> segments = fill(12);
        int recordBytes = segments.get(0).recordBytes(0);
        Path extent = fixture.extents().get(0);
        StoreDirectoryFixture.flip(extent, FIRST_RECORD + 10);
        StoreDirectoryFixture.flip(extent, FIRST_RECORD + 3L * recordBytes + 3000);
        StoreDirectoryFixture.flip(extent, FIRST_RECORD + 7L * recordBytes + 158);
        fixture.deleteCatalogue();
        try (BlockStore store = fixture.open()) {
            assertThat(readable(store, segments)).isEqualTo(9);
            assertCountsAgree(store, 9);
        }
    }

    @Test
    void survivesTheLossOfAnExtentHeader() {
        List<TestSegment> segments = fill(12);
        StoreDirectoryFixture.flip(fixture.extents().get(0), 3);
        fixture.deleteCatalogue();
        try (BlockStore store = fixture.open()) {
            assertThat(readable(store, segments)).isEqualTo(12);
        }
        StoreDirectoryFixture.flip(fixture.extents().get(0), ExtentHeader.COPY_POSITION + 3);
        try (BlockStore store = fixture.open()) {
            assertThat(readable(store, segments)).isEqualTo(12);
        }
        fixture.deleteCatalogue();
        try (BlockStore store = fixture.open()) {
            assertThat(readable(store, segments)).isZero();
            assertThat(fixture.extents()).isEmpty();
            segments.get(0).putAll(store);
            assertThat(readable(store, segments)).isEqualTo(1);
        }
    }

    @Test
    void losesOnlyTheBlocksOfADeletedExtent() throws IOException {
        List<TestSegment> segments = fill(40);
        int extents = fixture.extents().size();
        assertThat(extents).isGreaterThan(2);
        Files.delete(fixture.extents().get(1));
        try (BlockStore store = fixture.open()) {
            long left = readable(store, segments);
            assertThat(left).isBetween(20L, 30L);
            assertCountsAgree(store, left);
            assertThat(store.statistics().extents()).isEqualTo(extents - 1);
        }
    }

    @Test
    void losesOnlyTheCutOffBlocksOfATruncatedExtent() {
        List<TestSegment> segments = fill(5);
        int recordBytes = segments.get(0).recordBytes(0);
        StoreDirectoryFixture.truncate(fixture.extents().get(0), FIRST_RECORD + 3L * recordBytes + 100);
        try (BlockStore store = fixture.open()) {
            assertThat(readable(store, segments)).isEqualTo(3);
            assertCountsAgree(store, 3);
            assertThat(segments.get(4).put(store, 0)).isEqualTo(PutResult.STORED);
            assertThat(readable(store, segments)).isEqualTo(4);
        }
    }

    @Test
    void readsWhatADamagedCatalogueHidesAsAbsentUntilTheNextStart() {
        List<TestSegment> segments = fill(90);
        Path mark = fixture.directory().resolve("rebuild-catalogue");
        StoreDirectoryFixture.damageTable(fixture.directory().resolve("catalogue"), Catalogue.FAMILIES);
        try (BlockStore store = fixture.open()) {
            assertThat(readable(store, segments)).isLessThan(90);
            assertThat(mark).exists();
        }
        try (BlockStore store = fixture.open()) {
            assertThat(readable(store, segments)).isEqualTo(90);
            assertThat(mark).doesNotExist();
            assertCountsAgree(store, 90);
        }
    }

    @Test
    void makesTheCatalogueAnewWhenRecoveringFindsItDamaged() throws IOException {
        List<TestSegment> segments = fill(90);
        StoreDirectoryFixture.damageTable(fixture.directory().resolve("catalogue"), Catalogue.FAMILIES);
        // A missing extent has the whole catalogue walked through.
        Files.delete(fixture.extents().get(0));
        try (BlockStore store = fixture.open()) {
            long left = readable(store, segments);
            assertThat(left).isBetween(60L, 80L);
            assertCountsAgree(store, left);
        }
    }

    @Test
    void adoptsAnExtentThatTheCatalogueDoesNotKnow() throws IOException {
        fill(3);
        Path extent = fixture.extents().get(0);
        byte[] before = Files.readAllBytes(extent);
        try (BlockStore store = fixture.open()) {
            store.dropAll();
        }
        Files.write(extent, before);
        try (BlockStore store = fixture.open()) {
            assertThat(store.statistics().blocks()).isEqualTo(3);
        }
    }

    /** After a power cut a file may be there whose deletion had not reached the disk. */
    @Test
    void doesNotTakeADeletedExtentForANewOne() throws IOException {
        fill(20);
        Path oldest = fixture.extents().get(0);
        byte[] before = Files.readAllBytes(oldest);
        List<TestSegment> kept = new ArrayList<>();
        try (BlockStore store = fixture.open()) {
            for (int number = 100; number < 300; number++) {
                kept.add(TestSegment.ofOneBlock(number, 60_000));
                kept.get(number - 100).putAll(store);
            }
        }
        assertThat(oldest).doesNotExist();
        int extents = fixture.extents().size();
        Files.write(oldest, before);
        try (BlockStore store = fixture.open()) {
            assertThat(oldest).doesNotExist();
            assertThat(store.statistics().extents()).isEqualTo(extents);
            assertThat(readable(store, kept.subList(195, 200))).isEqualTo(5);
        }
    }

    @Test
    void takesNoRecordFromWithinACiphertext() {
        // A peer that guesses everything but the salt, and a copy of a real record at another place.
        TestSegment segment = TestSegment.ofOneBlock(1, 60_000);
        try (BlockStore store = fixture.open()) {
            segment.putAll(store);
        }
        byte[] record = read(fixture.extents().get(0), FIRST_RECORD, segment.recordBytes(0));
        TestSegment outer = TestSegment.of(2, 128 << 10, 128 << 10, CryptoAlgorithm.NONE);
        byte[] evil = new byte[128 << 10];
        // Where the outer record starts, its body is 32 octets short of the next aligned place.
        System.arraycopy(record, 0, evil, 32, record.length);
        try (BlockStore store = fixture.open()) {
            assertThat(store.put(outer.attributes(), 0, CryptoAlgorithm.NONE, new byte[0], ByteBuffer.wrap(evil)))
                    .isEqualTo(PutResult.STORED);
            store.evict(segment.id());
        }
        StoreDirectoryFixture.flip(fixture.extents().get(0), FIRST_RECORD + segment.recordBytes(0) + 20);
        fixture.deleteCatalogue();
        try (BlockStore store = fixture.open()) {
            assertThat(store.statistics().blocks()).isZero();
        }
    }

    private static byte[] read(Path file, int position, int bytes) {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer target = ByteBuffer.allocate(bytes);
            channel.read(target, position);
            return target.array();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shrinksToALowerLimit() {
        List<TestSegment> segments = fill(80);
        try (BlockStore store = fixture.open()) {
            store.pin(segments.get(0).id());
            store.pin(segments.get(79).id());
        }
        fixture.change(StoreDirectoryFixture.settings(fixture.directory(), 4 << 20, 1 << 19));
        try (BlockStore store = fixture.open()) {
            assertThat(fixture.diskBytes()).isLessThanOrEqualTo(4 << 20);
            assertThat(segments.get(0).isReadable(store, 0)).isTrue();
            assertThat(segments.get(79).isReadable(store, 0)).isTrue();
            assertCountsAgree(store, readable(store, segments));
            TestSegment.ofOneBlock(500, 60_000).putAll(store);
        }
    }

    @Test
    void movesPinnedBlocksTogetherWhenTheLimitIsLowered() {
        // The newest extent has room for some more.
        List<TestSegment> segments = fill(72);
        List<TestSegment> pinned = IntStream.range(0, 8)
                .mapToObj(number -> segments.get(number * 10))
                .toList();
        try (BlockStore store = fixture.open()) {
            pinned.forEach(segment -> store.pin(segment.id()));
        }
        fixture.change(StoreDirectoryFixture.settings(fixture.directory(), 4 << 20, 1 << 19));
        try (BlockStore store = fixture.open()) {
            assertThat(fixture.diskBytes()).isLessThanOrEqualTo(4 << 20);
            assertThat(readable(store, pinned)).isEqualTo(pinned.size());
            TestSegment.ofOneBlock(500, 60_000).putAll(store);
        }
    }
}
