// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordScannerTest {
    private static final int EXTENT_BYTES = 256 << 10;
    private static final int COUNT = 10;
    private static final int BLOCK_BYTES = 10_000;

    private BlockLog log;
    private Extent extent;

    @BeforeEach
    void fill(@TempDir Path directory) throws IOException {
        RandomGenerator random = new Random(1);
        log = new BlockLog(new DiskExtentFiles(directory), random);
        extent = log.create(EXTENT_BYTES);
        for (int number = 0; number < COUNT; number++) {
            TestSegment segment = TestSegment.ofOneBlock(number, BLOCK_BYTES);
            BlockContent content =
                    BlockContent.of(segment.crypto(), segment.iv(0), ByteBuffer.wrap(segment.ciphertext(0)), number);
            log.append(new BlockKey(segment.attributes(), 0), content);
        }
    }

    @AfterEach
    void close() {
        log.close();
    }

    private int offsetOf(int record) {
        return ExtentHeader.DATA_POSITION
                + record * TestSegment.ofOneBlock(0, BLOCK_BYTES).recordBytes(0);
    }

    private void overwrite(int position, int bytes) throws IOException {
        extent.file().writeFully(ByteBuffer.allocate(bytes), position);
    }

    private List<Long> scan(boolean bodies, int to, List<RecordScanner.Result> result) throws IOException {
        List<Long> numbers = new ArrayList<>();
        RecordScanner scanner = bodies
                ? RecordScanner.ofRecords(extent.file(), extent.state().salt())
                : RecordScanner.ofHeaders(extent.file(), extent.state().salt());
        result.add(scanner.scan(ExtentHeader.DATA_POSITION, to, (header, iv) -> {
            assertThat(iv)
                    .isEqualTo(
                            bodies
                                    ? TestSegment.ofOneBlock(header.createdMillis(), 1)
                                            .iv(0)
                                    : new byte[0]);
            numbers.add(header.createdMillis());
        }));
        return numbers;
    }

    @Test
    void showsEveryRecord() throws IOException {
        List<RecordScanner.Result> results = new ArrayList<>();
        assertThat(scan(true, EXTENT_BYTES, results)).hasSize(COUNT).isSorted();
        assertThat(scan(false, EXTENT_BYTES, results)).hasSize(COUNT).isSorted();
        assertThat(results).containsOnly(new RecordScanner.Result(offsetOf(COUNT), 0));
    }

    @Test
    void goesOnBehindDamage() throws IOException {
        overwrite(offsetOf(2), 64);
        overwrite(offsetOf(5) + 5000, 10);
        List<RecordScanner.Result> results = new ArrayList<>();
        assertThat(scan(true, EXTENT_BYTES, results)).containsExactly(0L, 1L, 3L, 4L, 6L, 7L, 8L, 9L);
        assertThat(results.get(0)).isEqualTo(new RecordScanner.Result(offsetOf(COUNT), 2));
        assertThat(scan(false, EXTENT_BYTES, results)).containsExactly(0L, 1L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void countsATornTailForNothing() throws IOException {
        overwrite(offsetOf(9) + 6000, 4000);
        List<RecordScanner.Result> results = new ArrayList<>();
        assertThat(scan(true, EXTENT_BYTES, results)).hasSize(9);
        assertThat(results.get(0)).isEqualTo(new RecordScanner.Result(offsetOf(9), 0));
    }

    @Test
    void stopsWhereItIsTold() throws IOException {
        for (int to = offsetOf(3); to < offsetOf(4); to += 1000) {
            assertThat(scan(true, to, new ArrayList<>())).hasSize(3);
        }
        assertThat(scan(true, offsetOf(4), new ArrayList<>())).hasSize(4);
    }

    @Test
    void stepsOverWhatTheDiskCannotRead() throws IOException {
        ExtentFile file = new BadSectorFile(extent.file(), offsetOf(4) + 3000);
        List<Long> numbers = new ArrayList<>();
        RecordScanner.ofHeaders(file, extent.state().salt())
                .scan(ExtentHeader.DATA_POSITION, EXTENT_BYTES, (header, iv) -> numbers.add(header.createdMillis()));
        assertThat(numbers).contains(0L, 1L, 2L, 3L, 6L, 7L, 8L, 9L);
    }

    /** Cannot read one octet, nor anything around it in the same call. */
    private record BadSectorFile(ExtentFile file, long bad) implements ExtentFile {
        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            if (position <= bad && position + target.remaining() > bad) {
                throw new IOException(FaultyExtentFiles.INPUT_OUTPUT_ERROR);
            }
            return file.read(target, position);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            return file.write(source, position);
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void resize(long bytes) throws IOException {
            file.resize(bytes);
        }

        @Override
        public FileChannel channel() {
            return file.channel();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
