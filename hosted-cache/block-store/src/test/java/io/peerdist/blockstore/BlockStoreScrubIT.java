// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.conformance.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the scrubber finds, and what it remembers. */
class BlockStoreScrubIT {
    private static final long FAST = 1L << 40;

    private StoreDirectoryFixture fixture;

    @BeforeEach
    void chooseDirectory(@TempDir Path directory) {
        fixture = new StoreDirectoryFixture(directory.resolve("store"));
    }

    private List<TestSegment> fill(int count) {
        List<TestSegment> segments = new ArrayList<>();
        try (BlockStore store = fixture.open()) {
            for (int number = 0; number < count; number++) {
                segments.add(TestSegment.ofOneBlock(number, 20_000));
                segments.get(number).putAll(store);
            }
        }
        return segments;
    }

    @Test
    void findsAndDropsDamageThatNobodyHasAskedFor() {
        List<TestSegment> segments = fill(20);
        StoreDirectoryFixture.flip(
                fixture.extents().get(0),
                ExtentHeader.DATA_POSITION + segments.get(0).recordBytes(0) + 5_000);
        try (BlockStore store = fixture.open()) {
            assertThat(store.scrubStatus().bytesPerSecond()).isZero();
            store.scrub(FAST);
            Await.until("a pass", () -> store.scrubStatus().passes() > 0);
            assertThat(store.statistics().blocks()).isEqualTo(19);
            assertThat(store.scrubStatus().damagedBlocks()).isEqualTo(1);
            assertThat(store.scrubStatus().lastPass()).contains(fixture.clock().instant());
            assertThat(segments.get(1).isReadable(store, 0)).isFalse();
            assertThat(fixture.counter("peerdist_scrub_damaged_blocks")).isEqualTo(1);
            assertThat(fixture.counter("peerdist_scrub_blocks")).isGreaterThanOrEqualTo(20);
            assertThat(fixture.counter("peerdist_scrub_read_bytes")).isGreaterThan(20 * 20_000);
            assertThat(fixture.gauge("peerdist_scrub_last_pass_timestamp_seconds"))
                    .isEqualTo(fixture.clock().millis() / 1e3);
        }
        try (BlockStore store = fixture.open()) {
            store.scrub(FAST);
            assertThat(store.scrubStatus().passes()).isPositive();
            assertThat(store.scrubStatus().damagedBlocks()).isEqualTo(1);
        }
    }

    @Test
    void goesOnWhereItWasAfterARestart() {
        fill(40);
        double before;
        try (BlockStore store = fixture.open()) {
            store.scrub(30_000);
            Await.until("a step", () -> store.scrubStatus().checkedBlocks() > 0);
            before = store.scrubStatus().progress();
            assertThat(before).isPositive().isLessThan(1);
        }
        try (BlockStore store = fixture.open()) {
            store.scrub(1);
            assertThat(store.scrubStatus().progress()).isGreaterThanOrEqualTo(before);
            assertThat(store.scrubStatus().checkedBlocks()).isPositive();
            assertThat(store.scrubStatus().passes()).isZero();
        }
    }

    @Test
    void waitsForBlocksInAnEmptyStore() {
        try (BlockStore store = fixture.open()) {
            store.scrub(FAST);
            TestSegment.ofOneBlock(1, 1000).putAll(store);
            Await.until("a block", () -> fixture.counter("peerdist_scrub_blocks") > 0);
        }
    }

    @Test
    void refusesARateOfNothing() {
        try (BlockStore store = fixture.open()) {
            assertThatThrownBy(() -> store.scrub(0)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
