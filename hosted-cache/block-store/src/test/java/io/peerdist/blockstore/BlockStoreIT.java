// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.HeldSegment;
import io.peerdist.codec.pccrr.StoredBlock;
import io.peerdist.codec.pchc.ContentComponent;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a block store does for its users, with nothing going wrong. */
class BlockStoreIT {
    private StoreDirectoryFixture fixture;

    @BeforeEach
    void chooseDirectory(@TempDir Path directory) {
        fixture = new StoreDirectoryFixture(directory.resolve("store"));
    }

    @Test
    void givesBackWhatWasPut() {
        TestSegment small = TestSegment.ofOneBlock(1, 100_000);
        TestSegment large = TestSegment.ofManyBlocks(2, 5 * 65536 + 1);
        TestSegment plain = TestSegment.of(3, 70_000, 70_000, CryptoAlgorithm.NONE);
        try (BlockStore store = fixture.open()) {
            for (TestSegment segment : List.of(small, large, plain)) {
                segment.putAll(store);
                for (int index = 0; index < segment.blockCount(); index++) {
                    assertThat(segment.isReadable(store, index)).isTrue();
                }
                assertThat(store.isComplete(segment.id())).isTrue();
            }
            assertThat(store.statistics().segments()).isEqualTo(3);
            assertThat(store.statistics().blocks()).isEqualTo(8);
        }
    }

    @Test
    void countsWhatItHoldsOfEachContentTag() {
        TestSegment webIo = TestSegment.ofManyBlocks(1, 3 * 65536);
        TestSegment bits = TestSegment.ofOneBlock(2, 1_000);
        TestSegment moreBits = TestSegment.ofOneBlock(8, 2_000);
        TestSegment other = TestSegment.ofOneBlock(4, 3_000);
        List<TagStatistics> before;
        try (BlockStore store = fixture.open()) {
            assertThat(store.tagStatistics())
                    .extracting(TagStatistics::segments)
                    .containsOnly(0L);
            List.of(webIo, bits, moreBits, other).forEach(segment -> segment.putAll(store));
            bits.put(store, 0);
            store.removeBlock(webIo.id(), 1);
            store.pin(webIo.id());
            assertThat(store.tagStatistics())
                    .containsExactly(
                            new TagStatistics(ContentComponent.WININET, 0, 0),
                            new TagStatistics(ContentComponent.WEBIO, 1, 2 * 65552),
                            new TagStatistics(ContentComponent.BITS, 2, 1008 + 2000 + 16),
                            new TagStatistics(ContentComponent.SMB, 0, 0),
                            new TagStatistics(ContentComponent.OTHER, 1, 3008));
            assertThat(store.peekBlock(webIo.id(), 0)).isEqualTo(new HeldBlock(ContentComponent.WEBIO, 65552));
            assertThat(store.peekBlock(webIo.id(), 1)).isNull();
            assertThat(store.peekBlock(webIo.id(), 700)).isNull();
            assertThat(store.peekBlock(TestSegment.id(99), 0)).isNull();
            assertThat(fixture.gauge("peerdist_content_stored_segments", "content_tag", "BITS-4.0"))
                    .isEqualTo(2);
            assertThat(fixture.gauge("peerdist_content_stored_bytes", "content_tag", "other"))
                    .isEqualTo(3008);
            before = store.tagStatistics();
        }
        try (BlockStore store = fixture.open()) {
            assertThat(store.tagStatistics()).isEqualTo(before);
            assertThat(store.peekBlock(other.id(), 0)).isNull(); // not in memory
            store.evict(webIo.id());
            assertThat(store.tagStatistics().get(1)).isEqualTo(new TagStatistics(ContentComponent.WEBIO, 0, 0));
            store.dropAll();
            assertThat(store.tagStatistics()).extracting(TagStatistics::bytes).containsOnly(0L);
        }
    }

    @Test
    void countsContentTagsAnewWhereAStoreHasNotKeptThem() {
        TestSegment segment = TestSegment.ofManyBlocks(1, 3 * 65536);
        List<TagStatistics> before;
        try (BlockStore store = fixture.open()) {
            segment.putAll(store);
            before = store.tagStatistics();
        }
        fixture.editStatus(status -> Arrays.copyOf(status, 18));

        try (BlockStore store = fixture.open()) {
            assertThat(store.tagStatistics()).isEqualTo(before);
            assertThat(store.statistics().blocks()).isEqualTo(3);
        }
    }

    @Test
    void keepsBlocksWhenClosedAndOpenedAgain() {
        TestSegment segment = TestSegment.ofManyBlocks(7, 20 * 65536);
        try (BlockStore store = fixture.open()) {
            segment.put(store, 3);
            segment.put(store, 17);
        }
        fixture.advance(Duration.ofMinutes(5));
        try (BlockStore store = fixture.open()) {
            assertThat(store.peek(segment.id())).isNull();
            HeldSegment held = store.load(segment.id());
            assertThat(held.blocks().indexes().toArray()).containsExactly(3, 17);
            assertThat(held.ageMillis()).isEqualTo(300_000);
            assertThat(held.openChecked(3)).isNull();
            assertThat(segment.isReadable(store, 3)).isTrue();
            assertThat(segment.isReadable(store, 4)).isFalse();
            try (StoredBlock block =
                    Objects.requireNonNull(store.peek(segment.id())).openChecked(3)) {
                segment.assertRight(Objects.requireNonNull(block), 3);
            }
            assertThat(store.isComplete(segment.id())).isFalse();
        }
    }

    @Test
    void remembersThatAnIdIsUnknown() {
        try (BlockStore store = fixture.open()) {
            TestSegment segment = TestSegment.ofOneBlock(1, 1000);
            assertThat(store.peek(segment.id())).isNull();
            assertThat(store.load(segment.id()).blocks().isEmpty()).isTrue();
            assertThat(Objects.requireNonNull(store.peek(segment.id())).blocks().isEmpty())
                    .isTrue();
            segment.putAll(store);
            assertThat(Objects.requireNonNull(store.peek(segment.id())).blocks().contains(0))
                    .isTrue();
        }
    }

    @Test
    void servesABlockJustPutWithoutTheDisk() {
        try (BlockStore store = fixture.open()) {
            TestSegment segment = TestSegment.ofOneBlock(1, 1000);
            segment.putAll(store);
            try (StoredBlock block =
                    Objects.requireNonNull(store.peek(segment.id())).openChecked(0)) {
                segment.assertRight(Objects.requireNonNull(block), 0);
            }
        }
    }

    @Test
    void ignoresASecondCiphertextOfABlock() {
        try (BlockStore store = fixture.open()) {
            TestSegment segment = TestSegment.ofOneBlock(1, 1000);
            segment.putAll(store);
            byte[] other = new byte[segment.ciphertext(0).length];
            PutResult second =
                    store.put(segment.attributes(), 0, CryptoAlgorithm.AES_128, new byte[16], ByteBuffer.wrap(other));
            assertThat(second).isEqualTo(PutResult.ALREADY_HELD);
            assertThat(segment.isReadable(store, 0)).isTrue();
            assertThat(fixture.counter("peerdist_store_duplicates")).isEqualTo(1);
        }
    }

    @Test
    void rejectsWhatCannotBeABlock() {
        SegmentAttributes segment = TestSegment.ofOneBlock(1, 1000).attributes();
        byte[] iv = new byte[16];
        try (BlockStore store = fixture.open()) {
            assertThat(put(store, segment, 0, CryptoAlgorithm.AES_128, iv, 992)).isFalse();
            assertThat(put(store, segment, 0, CryptoAlgorithm.AES_128, iv, 1001))
                    .isFalse();
            assertThat(put(store, segment, 0, CryptoAlgorithm.AES_128, iv, 1024))
                    .isFalse();
            assertThat(put(store, segment, 0, CryptoAlgorithm.AES_128, iv, 0)).isFalse();
            assertThat(put(store, segment, 0, CryptoAlgorithm.AES_128, new byte[0], 1008))
                    .isFalse();
            assertThat(put(store, segment, 0, CryptoAlgorithm.NONE, iv, 1000)).isFalse();
            assertThat(put(store, segment, 0, CryptoAlgorithm.NONE, new byte[0], 1008))
                    .isFalse();
            assertThat(put(store, segment, 1, CryptoAlgorithm.AES_128, iv, 1008))
                    .isFalse();
            assertThat(put(store, segment, -1, CryptoAlgorithm.AES_128, iv, 1008))
                    .isFalse();
            assertThat(fixture.counter("peerdist_store_rejected", "reason", "malformed"))
                    .isEqualTo(9);
            assertThat(put(store, segment, 0, CryptoAlgorithm.AES_128, iv, 1008))
                    .isTrue();
        }
    }

    private static boolean put(
            BlockStore store, SegmentAttributes segment, int index, CryptoAlgorithm crypto, byte[] iv, int bytes) {
        PutResult result = store.put(segment, index, crypto, iv, ByteBuffer.allocate(bytes));
        assertThat(result).isIn(PutResult.STORED, PutResult.REJECTED_MALFORMED);
        return result.isHeld();
    }

    @Test
    void rejectsAnotherGeometryOfAHeldSegment() {
        try (BlockStore store = fixture.open()) {
            TestSegment.ofManyBlocks(1, 130_000).put(store, 0);
            assertThat(TestSegment.ofManyBlocks(1, 130_001).put(store, 1)).isEqualTo(PutResult.REJECTED_GEOMETRY);
            assertThat(TestSegment.ofManyBlocks(1, 130_000).put(store, 1)).isEqualTo(PutResult.STORED);
        }
    }

    @Test
    void removesBlocksAndSegmentsForGood() {
        TestSegment first = TestSegment.ofManyBlocks(1, 130_000);
        TestSegment second = TestSegment.ofManyBlocks(2, 130_000);
        try (BlockStore store = fixture.open()) {
            first.putAll(store);
            second.putAll(store);
            assertThat(store.removeBlock(first.id(), 0)).isTrue();
            assertThat(store.removeBlock(first.id(), 0)).isFalse();
            assertThat(store.evict(second.id())).isTrue();
            assertThat(store.evict(second.id())).isFalse();
            assertThat(fixture.counter("peerdist_evictions", "reason", "request"))
                    .isEqualTo(3);
        }
        fixture.deleteCatalogue();
        try (BlockStore store = fixture.open()) {
            assertThat(first.isReadable(store, 0)).isFalse();
            assertThat(first.isReadable(store, 1)).isTrue();
            assertThat(store.find(second.id())).isNull();
            assertThat(store.statistics().blocks()).isEqualTo(1);
        }
    }

    @Test
    void listsSegmentsPageByPage() {
        try (BlockStore store = fixture.open()) {
            List<String> expected = new ArrayList<>();
            for (int number = 0; number < 25; number++) {
                TestSegment segment = number % 5 == 0
                        ? TestSegment.ofManyBlocks(number, 40 * 65536)
                        : TestSegment.ofOneBlock(number, 5000);
                segment.put(store, 0);
                segment.put(store, segment.blockCount() - 1);
                expected.add(segment.id().toString());
            }
            expected.sort(String::compareTo);
            List<String> listed = new ArrayList<>();
            SegmentListing page = store.list(null, 10);
            while (page.next() != null) {
                page.segments()
                        .forEach(segment -> listed.add(segment.attributes().id().toString()));
                page = store.list(page.next(), 10);
            }
            page.segments()
                    .forEach(segment -> listed.add(segment.attributes().id().toString()));
            assertThat(listed).isEqualTo(expected);
        }
    }

    @Test
    void describesASegment() {
        TestSegment segment = TestSegment.ofManyBlocks(1, 130_000);
        try (BlockStore store = fixture.open()) {
            segment.put(store, 1);
            assertThat(store.pin(segment.id())).isTrue();
        }
        try (BlockStore store = fixture.open()) {
            SegmentSummary summary = Objects.requireNonNull(store.find(segment.id()));
            assertThat(summary.attributes()).isEqualTo(segment.attributes());
            assertThat(summary.blocks().indexes().toArray()).containsExactly(1);
            assertThat(summary.storedBytes()).isEqualTo(segment.ciphertext(1).length);
            assertThat(summary.created()).isEqualTo(fixture.clock().instant());
            assertThat(summary.pinned()).isTrue();
            assertThat(summary.isComplete()).isFalse();
            assertThat(store.statistics().pinnedBytes()).isEqualTo(segment.recordBytes(1));
            assertThat(store.unpin(segment.id())).isTrue();
            assertThat(store.statistics().pinnedBytes()).isZero();
            assertThat(store.pin(TestSegment.id(99))).isFalse();
        }
    }

    @Test
    void dropsEverythingOnRequest() {
        TestSegment segment = TestSegment.ofManyBlocks(1, 130_000);
        try (BlockStore store = fixture.open()) {
            segment.putAll(store);
            store.pin(segment.id());
            try (StoredBlock reading =
                    Objects.requireNonNull(store.load(segment.id()).open(0))) {
                assertThat(store.dropAll()).isEqualTo(2);
                segment.assertRight(reading, 0);
            }
            assertThat(store.load(segment.id()).blocks().isEmpty()).isTrue();
            assertThat(fixture.extents()).isEmpty();
            assertThat(store.statistics().segments()).isZero();
            assertThat(store.statistics().extents()).isZero();
            segment.putAll(store);
            assertThat(segment.isReadable(store, 1)).isTrue();
        }
    }

    @Test
    void verifiesEveryBlock() {
        try (BlockStore store = fixture.open()) {
            TestSegment.ofManyBlocks(1, 200_000).putAll(store);
            TestSegment.ofOneBlock(2, 5000).putAll(store);
            List<VerificationProgress> reports = new ArrayList<>();
            VerificationProgress result = store.verifyAll(reports::add);
            assertThat(result.segments()).isEqualTo(2);
            assertThat(result.blocks()).isEqualTo(5);
            assertThat(result.damagedBlocks()).isZero();
            assertThat(reports).hasSize(2).last().isEqualTo(result);
            assertThat(store.verifyAll(progress -> false).segments()).isEqualTo(1);
        }
    }

    @Test
    void answersAfterClosingAndLetsReadersFinish() {
        TestSegment segment = TestSegment.ofOneBlock(1, 50_000);
        BlockStore store = fixture.open();
        segment.putAll(store);
        @Nullable StoredBlock reading = store.load(segment.id()).open(0);
        store.close();
        store.close();
        segment.assertRight(Objects.requireNonNull(reading), 0);
        reading.close();
        assertThat(segment.put(store, 0)).isEqualTo(PutResult.REJECTED_CLOSED);
        assertThat(store.load(TestSegment.id(5)).blocks().isEmpty()).isTrue();
        assertThatThrownBy(() -> store.evict(segment.id()))
                .isInstanceOfSatisfying(
                        BlockStoreException.class,
                        e -> assertThat(e.kind()).isEqualTo(BlockStoreException.Kind.CLOSED));
    }

    @Test
    void reportsGauges() {
        try (BlockStore store = fixture.open()) {
            TestSegment.ofManyBlocks(1, 200_000).putAll(store);
            assertThat(fixture.gauge("peerdist_cache_segments")).isEqualTo(1);
            assertThat(fixture.gauge("peerdist_cache_blocks")).isEqualTo(4);
            assertThat(fixture.gauge("peerdist_cache_limit_bytes")).isEqualTo(StoreDirectoryFixture.MAX_BYTES);
            assertThat(fixture.gauge("peerdist_cache_bytes"))
                    .isGreaterThanOrEqualTo(StoreDirectoryFixture.EXTENT_BYTES);
            assertThat(fixture.counter("peerdist_store_writes")).isEqualTo(4);
        }
    }
}
