// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.hashing;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SegmentChunkerTest {
    private static final int MIB = 1024 * 1024;

    @Test
    void keepsEverySegmentWithinItsBounds() {
        byte[] content = Gen.ofSeed(1).bytes(64 * MIB);

        List<Integer> cuts = cuts(content, content.length);

        int from = 0;
        for (int cut : cuts) {
            assertThat(cut - from).isBetween(SegmentChunker.MIN_SEGMENT_BYTES, SegmentChunker.MAX_SEGMENT_BYTES);
            from = cut;
        }
        assertThat(content.length - from).isLessThan(SegmentChunker.MAX_SEGMENT_BYTES);
    }

    @Test
    void makesLargeSegmentsOfRandomContent() {
        byte[] content = Gen.ofSeed(2).bytes(64 * MIB);

        List<Integer> cuts = cuts(content, content.length);

        int average = cuts.get(cuts.size() - 1) / cuts.size();
        assertThat(average).isBetween(100 * 1024, 108 * 1024);
    }

    @Test
    void cutsEveryMonotonousContentAtTheMaximum() {
        for (int octet = 0; octet < 256; octet++) {
            byte[] content = new byte[3 * SegmentChunker.MAX_SEGMENT_BYTES];
            Arrays.fill(content, (byte) octet);

            assertThat(cuts(content, content.length))
                    .as("content of octets %d", octet)
                    .containsExactly(
                            SegmentChunker.MAX_SEGMENT_BYTES,
                            2 * SegmentChunker.MAX_SEGMENT_BYTES,
                            3 * SegmentChunker.MAX_SEGMENT_BYTES);
        }
    }

    @RandomizedTest(tries = 40)
    void cutsAlikeHoweverTheContentArrives(Gen gen) {
        byte[] content = gen.bytes(gen.intBetween(0, 2 * MIB));
        SegmentChunker chunker = new SegmentChunker();
        List<Integer> cuts = new ArrayList<>();
        int consumed = 0;
        while (consumed < content.length) {
            int read = Math.min(content.length - consumed, gen.oneOf(1, 63, 4096, gen.intBetween(1, MIB)));
            byte[] part = Arrays.copyOfRange(content, consumed, consumed + read);
            int from = 0;
            for (int cut = chunker.next(part, from, read); cut >= 0; cut = chunker.next(part, from, read)) {
                cuts.add(consumed + cut);
                from = cut;
            }
            consumed += read;
        }

        assertThat(cuts).isEqualTo(cuts(content, content.length));
    }

    @RandomizedTest(tries = 20)
    void anInsertionMovesOnlyTheCutsNearIt(Gen gen) {
        byte[] before = gen.bytes(8 * MIB);
        int at = gen.intBetween(0, before.length);
        byte[] inserted = gen.bytes(gen.intBetween(1, 5000));
        byte[] after = new byte[before.length + inserted.length];
        System.arraycopy(before, 0, after, 0, at);
        System.arraycopy(inserted, 0, after, at, inserted.length);
        System.arraycopy(before, at, after, at + inserted.length, before.length - at);

        Set<Integer> old = new HashSet<>(cuts(before, before.length));
        List<Integer> moved = new ArrayList<>();
        for (int cut : cuts(after, after.length)) {
            boolean kept = cut <= at ? old.contains(cut) : old.contains(cut - inserted.length);
            if (!kept) {
                moved.add(cut);
            }
        }

        assertThat(moved).allSatisfy(cut -> assertThat(cut).isGreaterThan(at - SegmentChunker.MAX_SEGMENT_BYTES));
        assertThat(moved).hasSizeLessThan(24);
    }

    @Test
    void cutsTheSameInEveryRelease() {
        // Provenance: this chunker, when PARAMETERS_VERSION became 1. Other numbers need another version.
        byte[] content = new byte[512 * 1024];
        int state = 12345;
        for (int i = 0; i < content.length; i++) {
            state = state * 1103515245 + 12345;
            content[i] = (byte) (state >>> 16);
        }

        assertThat(SegmentChunker.PARAMETERS_VERSION).isEqualTo(1);
        assertThat(cuts(content, content.length)).containsExactly(86671, 131453, 235304, 366376, 481953);
    }

    private static List<Integer> cuts(byte[] content, int to) {
        SegmentChunker chunker = new SegmentChunker();
        List<Integer> cuts = new ArrayList<>();
        int from = 0;
        for (int cut = chunker.next(content, from, to); cut >= 0; cut = chunker.next(content, from, to)) {
            cuts.add(cut);
            from = cut;
        }
        return cuts;
    }
}
