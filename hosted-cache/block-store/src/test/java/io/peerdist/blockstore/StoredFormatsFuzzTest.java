// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.HashOfData;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrc.ServerSecret;
import io.peerdist.conformance.BoundedDecoding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Octets as a disk may give them back. Checksums are put right first where no input would ever get past them: a checksum
 * finds damage, it is no proof that the writer was ours.
 */
final class StoredFormatsFuzzTest {
    private static final BoundedDecoding DECODING = BoundedDecoding.withoutRefusal(32_768, 24);

    /** A catalogue page makes an array of as many places as the segment has blocks. */
    private static final BoundedDecoding PAGES = BoundedDecoding.withoutRefusal(65_536, 24);

    /** The scanner's window does not depend on the input. */
    private static final BoundedDecoding SCANS = BoundedDecoding.withoutRefusal(2 << 20, 24);

    private static final long SALT = 0x0123_4567_89AB_CDEFL;
    private static final int EXTENT_ID = 7;

    private static final HashOfData HOD = HashOfData.of(new byte[32]);
    private static final SecretKey SECRET_KEY = SecretKey.of(new byte[] {1});
    private static final ServerSecret SECRET = ServerSecret.derive(HashAlgorithm.TRUNCATED_SHA_512, SECRET_KEY);
    private static final ServerSecret SECRET_V1 = ServerSecret.derive(HashAlgorithm.SHA_256, SECRET_KEY);

    static Stream<byte[]> seeds() {
        return Stream.of(
                records(TestSegment.ofOneBlock(1, 100)),
                records(TestSegment.ofOneBlock(1, 100), TestSegment.ofOneBlock(2, 300)),
                new ExtentHeader(EXTENT_ID, (int) BlockStoreSettings.MIN_EXTENT_BYTES, SALT)
                        .encode()
                        .array(),
                page(TestSegment.ofOneBlock(3, 5)),
                key(SegmentDescription.v2(0, 5, HOD, SECRET)),
                key(SegmentDescription.v1(HashAlgorithm.SHA_256, 0, 70_000, new byte[64], SECRET_V1)));
    }

    /** The identifier with its length in front, and the record kept under it. */
    private static byte[] key(SegmentDescription segment) {
        byte[] id = segment.id().toByteArray();
        byte[] value = SegmentKeyRecord.encode(1, segment);
        return ByteBuffer.allocate(1 + id.length + value.length)
                .put((byte) id.length)
                .put(id)
                .put(value)
                .array();
    }

    private static byte[] records(TestSegment... segments) {
        ByteBuffer extent = ByteBuffer.allocate(4_096);
        for (TestSegment segment : segments) {
            int start = extent.position();
            BlockContent content =
                    BlockContent.of(segment.crypto(), segment.iv(0), ByteBuffer.wrap(segment.ciphertext(0)), start);
            new RecordHeader(SALT, start, 1, new BlockKey(segment.attributes(), 0), 5, content.body(), true)
                    .encode(extent);
            extent.put(segment.ciphertext(0)).put(content.trailer().duplicate());
            extent.position(RecordHeader.align(extent.position()));
        }
        return Arrays.copyOf(extent.array(), extent.position());
    }

    private static byte[] page(TestSegment segment) {
        SegmentEntry entry = SegmentEntry.create(segment.attributes(), 9, true)
                .with(0, new BlockPlacement(1, 8_192, 16, segment.crypto(), segment.iv(0)));
        byte[] value = SegmentPages.encode(entry, 0);
        if (value == null) {
            throw new AssertionError("page 0: empty");
        }
        byte[] key = SegmentPages.key(entry.id(), 0);
        return ByteBuffer.allocate(1 + key.length + value.length)
                .put((byte) key.length)
                .put(key)
                .put(value)
                .array();
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrRefuses(byte[] input) {
        readRecord(input.clone());
        readExtentHeader(input.clone());
        readPage(input.clone());
        readKey(input.clone());
        scan(input.clone());
    }

    private static void readRecord(byte[] octets) {
        ByteBuffer source = ByteBuffer.wrap(octets);
        if (octets.length >= RecordHeader.BYTES) {
            source.putLong(8, SALT).putInt(24, 0);
            source.putInt(156, Checksums.crc32c(source, 4, RecordHeader.BYTES - 8));
        }
        DECODING.of(octets.length, () -> RecordHeader.decode(source, SALT, 0)).ifPresent(header -> {
            assertThat(header.recordBytes()).isBetween(RecordHeader.BYTES, RecordHeader.MAX_RECORD_BYTES);
            ByteBuffer written = ByteBuffer.allocate(RecordHeader.BYTES);
            header.encode(written);
            assertThat(RecordHeader.decode(written.flip(), SALT, 0)).isEqualTo(header);
        });
    }

    private static void readExtentHeader(byte[] octets) {
        ByteBuffer source = ByteBuffer.wrap(octets);
        if (octets.length >= ExtentHeader.BYTES) {
            source.putInt(24, Checksums.crc32c(source, 0, 24));
        }
        DECODING.of(octets.length, () -> ExtentHeader.decode(source, EXTENT_ID))
                .ifPresent(header -> assertThat(ExtentHeader.decode(header.encode(), EXTENT_ID))
                        .isEqualTo(header));
    }

    private static void readPage(byte[] octets) {
        if (octets.length < 1) {
            return;
        }
        int keyEnd = Math.min(octets.length, 1 + Byte.toUnsignedInt(octets[0]));
        byte[] key = Arrays.copyOfRange(octets, 1, keyEnd);
        byte[] value = Arrays.copyOfRange(octets, keyEnd, octets.length);
        if (key.length < 1) {
            return; // the database has no empty keys
        }
        if (value.length >= Integer.BYTES) {
            ByteBuffer body = ByteBuffer.wrap(value).limit(value.length - Integer.BYTES);
            ByteBuffer.wrap(value).putInt(value.length - Integer.BYTES, Checksums.crc32c(ByteBuffer.wrap(key), body));
        }
        Optional<SegmentEntry> entry = PAGES.of(octets.length, () -> SegmentPages.decodeAttributes(key, value));
        int blocks = entry.map(e -> e.attributes().blockCount()).orElse(SegmentAttributes.MAX_BLOCKS);
        @Nullable BlockPlacement[] placements = new @Nullable BlockPlacement[blocks];
        boolean sound = PAGES.of(octets.length, () -> SegmentPages.decodePlacements(key, value, placements))
                .orElseThrow();
        if (sound && entry.isPresent() && SegmentPages.pageOf(key) == 0) {
            byte[] written = SegmentPages.encode(entry.get().withPlacements(placements), 0);
            assertThat(written != null
                            && SegmentPages.decodePlacements(key, written, new @Nullable BlockPlacement[blocks]))
                    .isTrue();
        }
    }

    private static void readKey(byte[] octets) {
        if (octets.length < 1
                || (octets[0] != 32 && octets[0] != 48 && octets[0] != 64)
                || octets.length <= octets[0]) {
            return;
        }
        SegmentId id = SegmentId.of(Arrays.copyOfRange(octets, 1, 1 + octets[0]));
        byte[] value = Arrays.copyOfRange(octets, 1 + octets[0], octets.length);
        SegmentDescription description = DECODING.of(octets.length, () -> SegmentKeyRecord.decode(id, value))
                .map(SegmentKeyRecord::description)
                .orElse(null);
        if (description != null) {
            byte[] written = SegmentKeyRecord.encode(1, description);
            assertThat(DECODING.of(written.length, () -> SegmentKeyRecord.decode(id, written))
                            .map(SegmentKeyRecord::description))
                    .contains(description);
        }
    }

    private static void scan(byte[] octets) {
        ByteBuffer extent = ByteBuffer.wrap(octets);
        for (int at = 0; at <= octets.length - RecordHeader.BYTES; at += RecordHeader.ALIGNMENT_BYTES) {
            if (RecordHeader.isMagic(extent.getInt(at))) {
                extent.putInt(at + 156, Checksums.crc32c(extent, at + 4, RecordHeader.BYTES - 8));
            }
        }
        SCANS.of(octets.length, () -> scan(RecordScanner.ofRecords(new Extent(octets), SALT), octets.length));
        SCANS.of(octets.length, () -> scan(RecordScanner.ofHeaders(new Extent(octets), SALT), octets.length));
    }

    private static RecordScanner.Result scan(RecordScanner scanner, int length) {
        try {
            RecordScanner.Result result = scanner.scan(
                    0,
                    length,
                    (header, iv) ->
                            assertThat(header.offset() + header.recordBytes()).isLessThanOrEqualTo(length));
            assertThat(result.end()).isLessThanOrEqualTo(length);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An extent in memory. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Extent(byte[] octets) implements ExtentFile {
        @Override
        public int read(ByteBuffer target, long position) {
            int count = (int) Math.min(target.remaining(), octets.length - position);
            if (count <= 0) {
                return -1;
            }
            target.put(octets, (int) position, count);
            return count;
        }

        @Override
        public int write(ByteBuffer source, long position) {
            throw new UnsupportedOperationException("a scan only reads");
        }

        @Override
        public void force() {
            throw new UnsupportedOperationException("a scan only reads");
        }

        @Override
        public long size() {
            return octets.length;
        }

        @Override
        public void resize(long bytes) {
            throw new UnsupportedOperationException("a scan only reads");
        }

        @Override
        public FileChannel channel() {
            throw new UnsupportedOperationException("a scan only reads");
        }

        @Override
        public void close() {
            // nothing is open
        }
    }
}
