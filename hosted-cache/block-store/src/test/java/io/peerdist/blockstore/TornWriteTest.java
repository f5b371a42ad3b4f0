// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes that end at every octet of a record. */
class TornWriteTest {
    private static final int EXTENT_BYTES = 256 << 10;

    private FaultyExtentFiles files;
    private BlockLog log;
    private Extent extent;

    @BeforeEach
    void makeExtent(@TempDir Path directory) throws IOException {
        files = new FaultyExtentFiles(directory);
        log = new BlockLog(files, new Random(1));
        extent = log.create(EXTENT_BYTES);
    }

    @AfterEach
    void close() {
        log.close();
    }

    private static BlockContent content(TestSegment segment) {
        return BlockContent.of(
                segment.crypto(), segment.iv(0), ByteBuffer.wrap(segment.ciphertext(0)), segment.number());
    }

    private static BlockKey key(TestSegment segment) {
        return new BlockKey(segment.attributes(), 0);
    }

    private List<Long> scan() throws IOException {
        List<Long> numbers = new ArrayList<>();
        RecordScanner.ofRecords(extent.file(), extent.state().salt())
                .scan(ExtentHeader.DATA_POSITION, EXTENT_BYTES, (header, iv) -> numbers.add(header.createdMillis()));
        return numbers;
    }

    /** At the last octets of the padding the record is whole. */
    @Test
    void aRecordIsThereWhollyOrNotAtAll() throws IOException {
        TestSegment first = TestSegment.ofOneBlock(1, 100);
        TestSegment torn = TestSegment.ofOneBlock(2, 300);
        log.append(key(first), content(first));
        BlockContent content = content(torn);
        int whole = RecordHeader.BYTES + content.body().bytes();
        int offset = extent.state().writtenBytes();
        for (int octets = 0; octets < torn.recordBytes(0); octets++) {
            extent.file().writeFully(ByteBuffer.allocate(torn.recordBytes(0)), offset);
            files.writableBytes.set(octets);
            assertThatThrownBy(() -> log.append(key(torn), content))
                    .as("%s octets", octets)
                    .isInstanceOf(IOException.class);
            files.writableBytes.set(Long.MAX_VALUE);
            assertThat(extent.state().writtenBytes()).isEqualTo(offset);
            if (octets < whole) {
                assertThat(scan()).as("%s octets", octets).containsExactly(1L);
            } else {
                assertThat(scan()).as("%s octets", octets).containsExactly(1L, 2L);
            }
        }
        BlockPlacement placement = log.append(key(torn), content);
        assertThat(placement.offset()).isEqualTo(offset);
        assertThat(log.read(extent, key(torn), placement)).isNotNull();
        assertThat(scan()).containsExactly(1L, 2L);
    }

    /** The new record ends within the torn one, whose remains must not be taken for records. */
    @Test
    void theNextRecordGoesOverATornOne() throws IOException {
        TestSegment torn = TestSegment.ofOneBlock(1, 5_000);
        TestSegment next = TestSegment.ofOneBlock(2, 50);
        for (int octets = 64; octets < 5_000; octets += 61) {
            files.writableBytes.set(octets);
            assertThatThrownBy(() -> log.append(key(torn), content(torn))).isInstanceOf(IOException.class);
            files.writableBytes.set(Long.MAX_VALUE);
            log.append(key(next), content(next));
        }
        assertThat(scan()).doesNotContain(1L).hasSize((5_000 - 64 + 60) / 61);
    }

    @Test
    void aGroupOfRecordsIsWrittenUpToWhereItIsTorn() throws IOException {
        TestSegment one = TestSegment.ofOneBlock(1, 300);
        TestSegment two = TestSegment.ofOneBlock(2, 200);
        int offset = extent.state().writtenBytes();
        int all = one.recordBytes(0) + two.recordBytes(0);
        for (int octets = 0; octets < all; octets += 7) {
            extent.file().writeFully(ByteBuffer.allocate(all), offset);
            log.stage(key(one), content(one));
            log.stage(key(two), content(two));
            files.writableBytes.set(octets);
            assertThatThrownBy(() -> log.appendStaged()).isInstanceOf(IOException.class);
            files.writableBytes.set(Long.MAX_VALUE);
            assertThat(extent.state().writtenBytes()).isEqualTo(offset);
            assertThat(scan().size()).isLessThanOrEqualTo(octets < one.recordBytes(0) ? 1 : 2);
        }
    }
}
