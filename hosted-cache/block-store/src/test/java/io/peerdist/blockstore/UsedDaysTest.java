// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class UsedDaysTest {
    private static final Duration MAX_AGE = Duration.ofDays(28);

    private final AtomicInteger overflows = new AtomicInteger();
    private Instant now = Instant.parse("2026-11-23T12:00:00Z");
    private final UsedDays usedDays = new UsedDays(() -> now, MAX_AGE, overflows::incrementAndGet);

    private SegmentEntry entry(long number) {
        return SegmentEntry.create(TestSegment.ofOneBlock(number, 10).attributes(), now.toEpochMilli(), false);
    }

    @Test
    void notesAUseOnceADay() {
        SegmentEntry entry = entry(1);
        usedDays.used(entry);
        assertThat(usedDays.hasNotes()).isFalse();
        now = now.plus(Duration.ofDays(1));
        usedDays.used(entry);
        usedDays.used(entry);
        assertThat(usedDays.takeNotes(10)).singleElement().satisfies(note -> {
            assertThat(note.getKey()).isEqualTo(entry.id());
            assertThat(note.getValue()).isEqualTo(entry.usedDay() + 1);
        });
        assertThat(usedDays.hasNotes()).isFalse();
    }

    @Test
    void takesNoMoreNotesThanAskedFor() {
        SegmentEntry first = entry(1);
        SegmentEntry second = entry(2);
        now = now.plus(Duration.ofDays(1));
        usedDays.used(first);
        usedDays.used(second);
        assertThat(usedDays.takeNotes(1)).hasSize(1);
        assertThat(usedDays.takeNotes(5)).hasSize(1);
    }

    @Test
    void keepsAtLeastAsLongAsTheLimitSays() {
        SegmentEntry entry = entry(1);
        now = now.plus(MAX_AGE);
        assertThat(usedDays.isExpired(entry)).isFalse();
        now = now.plus(Duration.ofDays(1));
        assertThat(usedDays.isExpired(entry)).isTrue();
        assertThat(usedDays.isExpired(entry.withPinned(true))).isFalse();
        usedDays.used(entry);
        assertThat(usedDays.isExpired(entry)).isFalse();
    }

    @Test
    void boundsItsNotesAndCountsWhatItLeavesOut() {
        SegmentEntry[] entries = new SegmentEntry[(1 << 16) + 3];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = entry(i);
        }
        now = now.plus(Duration.ofDays(1));
        for (SegmentEntry entry : entries) {
            usedDays.used(entry);
        }
        assertThat(overflows).hasValue(3);
    }

    @Test
    void countsDaysWithinWhatTheCatalogueHolds() {
        assertThat(UsedDays.dayOf(-5)).isZero();
        assertThat(UsedDays.dayOf(Duration.ofDays(20_780).toMillis() - 1)).isEqualTo(20_779);
        assertThat(UsedDays.dayOf(Long.MAX_VALUE)).isEqualTo(0xFFFF);
    }
}
