// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrr.StoredBlock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A block store on a disk that fails. */
class BlockStoreFaultIT {
    private StoreDirectoryFixture fixture;
    private final List<FaultyExtentFiles> disks = new ArrayList<>();

    @BeforeEach
    void chooseDirectory(@TempDir Path directory) {
        fixture = new StoreDirectoryFixture(directory.resolve("store"));
    }

    private BlockStore openOnFaultyDisk() {
        return fixture.open(directory -> {
            FaultyExtentFiles files = new FaultyExtentFiles(directory);
            disks.add(files);
            return files;
        });
    }

    private FaultyExtentFiles disk() {
        return disks.get(disks.size() - 1);
    }

    @Test
    void completesShortWritesAndReads() {
        TestSegment segment = TestSegment.ofManyBlocks(1, 200_000);
        try (BlockStore store = openOnFaultyDisk()) {
            disk().maxBytesPerWrite = 1000;
            segment.putAll(store);
        }
        try (BlockStore store = openOnFaultyDisk()) {
            disk().maxBytesPerRead = 999;
            for (int index = 0; index < segment.blockCount(); index++) {
                assertThat(segment.isReadable(store, index)).isTrue();
            }
        }
    }

    @Test
    void rejectsBlocksWhileTheDiskIsFullAndServesOn() {
        TestSegment held = TestSegment.ofOneBlock(1, 60_000);
        TestSegment next = TestSegment.ofOneBlock(2, 60_000);
        try (BlockStore store = openOnFaultyDisk()) {
            held.putAll(store);
            disk().writableBytes.set(30_000);
            assertThat(next.put(store, 0)).isEqualTo(PutResult.REJECTED_DISK_FULL);
            assertThat(next.put(store, 0)).isEqualTo(PutResult.REJECTED_DISK_FULL);
            assertThat(fixture.counter("peerdist_store_rejected", "reason", "disk_full"))
                    .isEqualTo(2);
            assertThat(held.isReadable(store, 0)).isTrue();
            assertThat(next.isReadable(store, 0)).isFalse();
            disk().writableBytes.set(Long.MAX_VALUE);
            assertThat(next.put(store, 0)).isEqualTo(PutResult.STORED);
            assertThat(next.isReadable(store, 0)).isTrue();
        }
        fixture.deleteCatalogue();
        try (BlockStore store = openOnFaultyDisk()) {
            assertThat(store.statistics().blocks()).isEqualTo(2);
            assertThat(next.isReadable(store, 0)).isTrue();
        }
    }

    @Test
    void leavesTheDiskWhatTheCatalogueNeeds() {
        try (BlockStore store = openOnFaultyDisk()) {
            disk().usableBytes = 1 << 20;
            assertThat(TestSegment.ofOneBlock(1, 60_000).put(store, 0)).isEqualTo(PutResult.REJECTED_DISK_FULL);
        }
    }

    @Test
    void rejectsBlocksWhenNoExtentCanBeMade() {
        try (BlockStore store = openOnFaultyDisk()) {
            disk().createsFail = true;
            assertThat(TestSegment.ofOneBlock(1, 60_000).put(store, 0)).isEqualTo(PutResult.REJECTED_DISK_FULL);
            disk().createsFail = false;
            assertThat(TestSegment.ofOneBlock(1, 60_000).put(store, 0)).isEqualTo(PutResult.STORED);
        }
    }

    @Test
    void answersOtherWriteErrorsToo() {
        try (BlockStore store = openOnFaultyDisk()) {
            TestSegment.ofOneBlock(1, 60_000).putAll(store);
            disk().writeError = FaultyExtentFiles.INPUT_OUTPUT_ERROR;
            disk().writableBytes.set(0);
            assertThat(TestSegment.ofOneBlock(2, 60_000).put(store, 0)).isEqualTo(PutResult.REJECTED_IO);
        }
    }

    @Test
    void takesABlockThatCannotBeReadForDamaged() {
        TestSegment segment = TestSegment.ofOneBlock(1, 60_000);
        try (BlockStore store = openOnFaultyDisk()) {
            segment.putAll(store);
        }
        try (BlockStore store = openOnFaultyDisk()) {
            disk().readsFail = true;
            assertThat(segment.isReadable(store, 0)).isFalse();
            assertThat(fixture.counter("peerdist_store_damaged_blocks")).isEqualTo(1);
            disk().readsFail = false;
            assertThat(segment.put(store, 0)).isEqualTo(PutResult.STORED);
        }
    }

    @Test
    void aTornWriteIsNotTakenForARecordAfterACrash() {
        TestSegment held = TestSegment.ofOneBlock(1, 60_000);
        TestSegment torn = TestSegment.ofOneBlock(2, 60_000);
        BlockStore crashed = openOnFaultyDisk();
        held.putAll(crashed);
        disk().writableBytes.set(50_000);
        assertThat(torn.put(crashed, 0)).isEqualTo(PutResult.REJECTED_DISK_FULL);
        fixture.copyTo(fixture.directory().resolveSibling("copy"));
        crashed.close();
        StoreDirectoryFixture copy =
                new StoreDirectoryFixture(fixture.directory().resolveSibling("copy"));
        try (BlockStore store = copy.open()) {
            assertThat(held.isReadable(store, 0)).isTrue();
            assertThat(torn.isReadable(store, 0)).isFalse();
            assertThat(torn.put(store, 0)).isEqualTo(PutResult.STORED);
            assertThat(torn.isReadable(store, 0)).isTrue();
        }
    }

    @Test
    void recoversRecordsThatTheCatalogueLacks() {
        TestSegment first = TestSegment.ofOneBlock(1, 60_000);
        TestSegment second = TestSegment.ofOneBlock(2, 60_000);
        BlockStore crashed = openOnFaultyDisk();
        first.putAll(crashed);
        fixture.copyTo(fixture.directory().resolveSibling("copy"));
        second.putAll(crashed);
        // The catalogue of the first moment with the log of the second.
        fixture.copyLogTo(fixture.directory().resolveSibling("copy"));
        crashed.close();
        StoreDirectoryFixture copy =
                new StoreDirectoryFixture(fixture.directory().resolveSibling("copy"));
        try (BlockStore store = copy.open()) {
            assertThat(first.isReadable(store, 0)).isTrue();
            assertThat(second.isReadable(store, 0)).isTrue();
            assertThat(store.statistics().blocks()).isEqualTo(2);
            assertThat(store.statistics().segments()).isEqualTo(2);
        }
    }

    @Test
    void dropsEntriesThatPointBeyondWhatWasWritten() {
        TestSegment first = TestSegment.ofOneBlock(1, 60_000);
        TestSegment second = TestSegment.ofOneBlock(2, 60_000);
        BlockStore crashed = openOnFaultyDisk();
        first.putAll(crashed);
        fixture.copyTo(fixture.directory().resolveSibling("copy"));
        second.putAll(crashed);
        // A power cut that kept the catalogue of the second moment with the log of the first.
        fixture.copyCatalogueTo(fixture.directory().resolveSibling("copy"));
        crashed.close();
        StoreDirectoryFixture copy =
                new StoreDirectoryFixture(fixture.directory().resolveSibling("copy"));
        try (BlockStore store = copy.open()) {
            assertThat(first.isReadable(store, 0)).isTrue();
            assertThat(store.load(second.id()).blocks().isEmpty()).isTrue();
            assertThat(store.statistics().blocks()).isEqualTo(1);
            assertThat(store.statistics().segments()).isEqualTo(1);
        }
    }

    @Test
    void finishesADeletionThatFailed() {
        List<TestSegment> segments = new ArrayList<>();
        BlockStore store = openOnFaultyDisk();
        disk().deletesFail = true;
        PutResult result = PutResult.STORED;
        for (int number = 0; result == PutResult.STORED && number < 1000; number++) {
            TestSegment segment = TestSegment.ofOneBlock(number, 60_000);
            result = segment.put(store, 0);
            segments.add(segment);
        }
        assertThat(result).isEqualTo(PutResult.REJECTED_IO);
        assertThat(fixture.diskBytes()).isLessThanOrEqualTo(StoreDirectoryFixture.MAX_BYTES);
        disk().deletesFail = false;
        for (TestSegment segment : segments) {
            assertThat(segment.put(store, 0).isHeld()).isTrue();
            assertThat(fixture.diskBytes()).isLessThanOrEqualTo(StoreDirectoryFixture.MAX_BYTES);
        }
        store.close();
        try (BlockStore again = openOnFaultyDisk()) {
            long readable =
                    segments.stream().filter(s -> s.isReadable(again, 0)).count();
            assertThat(again.statistics().blocks()).isEqualTo(readable);
            assertThat(fixture.extents()).hasSize(again.statistics().extents());
        }
    }

    @Test
    void saysThatForcingFailed() {
        TestSegment segment = TestSegment.ofOneBlock(1, 60_000);
        try (BlockStore store = openOnFaultyDisk()) {
            segment.putAll(store);
            disk().forcesFail = true;
            assertThatThrownBy(store::sync)
                    .isInstanceOfSatisfying(
                            BlockStoreException.class,
                            e -> assertThat(e.kind()).isEqualTo(BlockStoreException.Kind.IO));
            assertThat(fixture.counter("peerdist_store_sync_failures")).isEqualTo(1);
            disk().forcesFail = false;
            store.sync();
        }
    }

    @Test
    void anInterruptedReaderHarmsNobody() {
        TestSegment segment = TestSegment.ofManyBlocks(1, 200_000);
        try (BlockStore store = fixture.open()) {
            segment.putAll(store);
        }
        try (BlockStore store = fixture.open()) {
            try (StoredBlock other =
                    Objects.requireNonNull(store.load(segment.id()).open(0))) {
                Thread.currentThread().interrupt();
                try (StoredBlock block = store.load(segment.id()).open(1)) {
                    assertThat(block).isNotNull();
                }
                assertThat(Thread.interrupted()).isTrue();
                segment.assertRight(other, 0);
            }
            assertThat(segment.put(store, 0)).isEqualTo(PutResult.ALREADY_HELD);
            assertThat(segment.isReadable(store, 2)).isTrue();
        }
    }
}
