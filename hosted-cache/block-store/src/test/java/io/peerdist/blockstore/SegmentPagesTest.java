// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SegmentPagesTest {
    private static BlockPlacement placement(Gen gen) {
        CryptoAlgorithm crypto = gen.oneOf(CryptoAlgorithm.values());
        byte[] iv = gen.bytes(RecordHeader.ivBytesOf(crypto));
        return new BlockPlacement(
                gen.intBetween(1, Integer.MAX_VALUE),
                gen.intBetween(ExtentHeader.DATA_POSITION, 1 << 30),
                gen.intBetween(1, RecordHeader.MAX_CIPHERTEXT_BYTES),
                crypto,
                iv);
    }

    private static SegmentEntry entry(Gen gen) {
        SegmentId id = SegmentId.of(gen.bytes(gen.oneOf(32, 48, 64)));
        int blockCount = gen.intBetween(1, 512);
        SegmentAttributes attributes = new SegmentAttributes(id, 65536, blockCount * 65536, gen.bytes(16));
        @Nullable BlockPlacement[] placements = new @Nullable BlockPlacement[blockCount];
        for (int index = 0; index < blockCount; index++) {
            placements[index] = gen.bool() ? placement(gen) : null;
        }
        return SegmentEntry.create(attributes, gen.longBetween(0, Long.MAX_VALUE), gen.bool())
                .withPlacements(placements);
    }

    @RandomizedTest
    void readsWhatItWrites(Gen gen) {
        SegmentEntry entry = entry(gen);
        byte[] firstKey = SegmentPages.key(entry.id(), 0);
        byte[] first = Objects.requireNonNull(SegmentPages.encode(entry, 0));
        SegmentEntry decoded = Objects.requireNonNull(SegmentPages.decodeAttributes(firstKey, first));
        assertThat(decoded.attributes()).isEqualTo(entry.attributes());
        assertThat(decoded.createdMillis()).isEqualTo(entry.createdMillis());
        assertThat(decoded.isPinned()).isEqualTo(entry.isPinned());
        @Nullable
        BlockPlacement[] placements =
                new @Nullable BlockPlacement[entry.attributes().blockCount()];
        for (int page = 0; page < SegmentPages.pageCount(entry.attributes()); page++) {
            byte[] value = SegmentPages.encode(entry, page);
            if (value != null) {
                assertThat(SegmentPages.decodePlacements(SegmentPages.key(entry.id(), page), value, placements))
                        .isTrue();
            }
        }
        SegmentEntry complete = decoded.withPlacements(placements);
        assertThat(complete.blocks()).isEqualTo(entry.blocks());
        entry.blocks().indexes().forEach(index -> assertSame(entry.placement(index), complete.placement(index)));
    }

    private static void assertSame(@Nullable BlockPlacement expected, @Nullable BlockPlacement actual) {
        assertThat(actual).usingRecursiveComparison().ignoringFields("checked").isEqualTo(expected);
    }

    @RandomizedTest(tries = 3)
    void refusesEveryFlippedBitAndTruncation(Gen gen) {
        SegmentEntry entry = entry(gen);
        byte[] key = SegmentPages.key(entry.id(), 0);
        byte[] value = Objects.requireNonNull(SegmentPages.encode(entry, 0));
        @Nullable BlockPlacement[] placements = new @Nullable BlockPlacement[512];
        for (int bit = 0; bit < value.length * 8; bit++) {
            byte[] flipped = value.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(SegmentPages.decodeAttributes(key, flipped)).isNull();
            assertThat(SegmentPages.decodePlacements(key, flipped, placements)).isFalse();
        }
        for (int bytes = 0; bytes < value.length; bytes++) {
            byte[] cut = Arrays.copyOf(value, bytes);
            assertThat(SegmentPages.decodeAttributes(key, cut)).isNull();
            assertThat(SegmentPages.decodePlacements(key, cut, placements)).isFalse();
        }
    }

    @RandomizedTest(tries = 3)
    void refusesAValueUnderAnotherKey(Gen gen) {
        SegmentEntry entry = entry(gen);
        byte[] value = Objects.requireNonNull(SegmentPages.encode(entry, 0));
        @Nullable BlockPlacement[] placements = new @Nullable BlockPlacement[512];
        assertThat(SegmentPages.decodePlacements(SegmentPages.key(entry.id(), 1), value, placements))
                .isFalse();
        byte[] otherKey = SegmentPages.key(SegmentId.of(gen.bytes(32)), 0);
        assertThat(SegmentPages.decodeAttributes(otherKey, value)).isNull();
    }

    @Test
    void readsPagesOfTheFirstStores() {
        TestSegment segment = TestSegment.ofOneBlock(1, 100_000);
        long created = Duration.ofDays(20_000).toMillis() + 5;
        SegmentEntry entry = SegmentEntry.create(segment.attributes(), created, true)
                .with(0, new BlockPlacement(1, 8192, 100_016, CryptoAlgorithm.AES_128, segment.iv(0)))
                .withUsedDay(20_007);
        byte[] key = SegmentPages.key(entry.id(), 0);
        byte[] now = Objects.requireNonNull(SegmentPages.encode(entry, 0));
        assertThat(SegmentPages.decodeAttributes(key, now))
                .satisfies(read -> assertThat(read.usedDay()).isEqualTo(20_007));
        // Version 1 is the same without the two octets of the day after the content tag.
        ByteBuffer before = ByteBuffer.allocate(now.length - 2);
        before.put(now, 0, 34).put(now, 36, now.length - 36 - 4).put(0, (byte) 1);
        before.putInt(Checksums.crc32c(ByteBuffer.wrap(key), before.duplicate().flip()));
        assertThat(SegmentPages.decodeAttributes(key, before.array())).satisfies(read -> {
            assertThat(read.createdMillis()).isEqualTo(created);
            assertThat(read.usedDay()).isEqualTo(20_000);
            assertThat(read.isPinned()).isTrue();
        });
        @Nullable BlockPlacement[] placements = new @Nullable BlockPlacement[1];
        assertThat(SegmentPages.decodePlacements(key, before.array(), placements))
                .isTrue();
        assertThat(placements[0]).isNotNull();
    }

    @Test
    void keepsASegmentOfOneBlockSmall() {
        TestSegment segment = TestSegment.ofOneBlock(1, 100_000);
        SegmentEntry entry = SegmentEntry.create(segment.attributes(), 1, false)
                .with(0, new BlockPlacement(1, 8192, 100_016, CryptoAlgorithm.AES_128, segment.iv(0)));
        assertThat(SegmentPages.encode(entry, 0)).hasSize(71);
        assertThat(SegmentPages.key(entry.id(), 0)).hasSize(33);
    }

    @Test
    void keepsNoPageWithoutBlocksButTheFirst() {
        SegmentEntry entry =
                SegmentEntry.create(TestSegment.ofManyBlocks(1, 40 * 65536).attributes(), 1, true);
        assertThat(SegmentPages.encode(entry, 0)).isNotNull();
        assertThat(SegmentPages.encode(entry, 1)).isNull();
        assertThat(SegmentPages.pageCount(entry.attributes())).isEqualTo(3);
    }

    @Test
    void tellsKeysOfOtherThings() {
        assertThat(SegmentPages.idOf(new byte[5])).isNull();
        assertThat(SegmentPages.idOf(new byte[0])).isNull();
    }
}
