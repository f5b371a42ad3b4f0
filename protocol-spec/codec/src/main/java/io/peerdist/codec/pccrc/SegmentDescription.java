// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One segment in a content information: where it lies, its hash and secret, and the hashes of its blocks. In version 1.0
 * a segment has blocks of 64 KiB, of which the first {@link #listedBlockCount()} have their hash listed; in version 2.0
 * it is one block, whose hash is the hash of data. Hashes and secret stay octets in an array, which the segments of a
 * content information of version 2.0 share. Immutable and thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrc">MS-PCCRC 2.3.1.1, 2.3.1.2, 2.4.1.2</a>
 */
public final class SegmentDescription {
    private final HashAlgorithm hashAlgorithm;
    private final long offsetInContent;
    private final int segmentBytes;

    /** The hash of data, behind it the secret, as they stand on the wire; elsewhere, or again, the block hashes. */
    private final byte[] octets;

    private final int hashOfDataAt;
    private final int blockHashesAt;
    private final int listedBlockCount;

    // Computed at first use; a race only computes it twice, and a SegmentId is safe to publish unsynchronized.
    private @Nullable SegmentId id;

    private SegmentDescription(
            HashAlgorithm hashAlgorithm, ContentRange extent, byte[] octets, Place place, int listedBlockCount) {
        this.hashAlgorithm = hashAlgorithm;
        this.offsetInContent = extent.offset();
        this.segmentBytes = Math.toIntExact(extent.length());
        this.octets = octets;
        this.hashOfDataAt = place.hashOfDataAt;
        this.blockHashesAt = place.blockHashesAt;
        this.listedBlockCount = listedBlockCount;
    }

    /**
     * A whole version 1.0 segment of a content server.
     *
     * @param offset where the segment starts in the content
     * @param segmentBytes 1 to 32 MiB
     * @param blockHashes of all its blocks, in order
     * @throws IllegalArgumentException when a value is out of range or a count does not fit the length
     */
    public static SegmentDescription v1(
            HashAlgorithm hashAlgorithm,
            long offset,
            int segmentBytes,
            List<BlockHash> blockHashes,
            ServerSecret serverSecret) {
        ByteBuffer packed = ByteBuffer.allocate(Math.multiplyExact(blockHashes.size(), hashAlgorithm.digestBytes()));
        for (BlockHash blockHash : blockHashes) {
            hashAlgorithm.requireDigestBytes("block hash", blockHash.length());
            blockHash.writeTo(packed);
        }
        return v1(hashAlgorithm, offset, segmentBytes, packed.array(), serverSecret);
    }

    /** As {@link #v1(HashAlgorithm, long, int, List, ServerSecret)}, with the block hashes one behind the other. */
    public static SegmentDescription v1(
            HashAlgorithm hashAlgorithm,
            long offset,
            int segmentBytes,
            byte[] packedBlockHashes,
            ServerSecret serverSecret) {
        require(hashAlgorithm.contentInformationVersion() == 1, "hash algorithm", hashAlgorithm, "of version 1.0");
        requireSegmentBytes(segmentBytes, ContentInformation.V1_SEGMENT_BYTES);
        int blockCount = blocksIn(segmentBytes, ContentInformation.V1_BLOCK_BYTES);
        int expectedBytes = blockCount * hashAlgorithm.digestBytes();
        require(packedBlockHashes.length == expectedBytes, "block hashes", packedBlockHashes.length, expectedBytes);
        byte[] hash = hashAlgorithm.hash(packedBlockHashes, 0, packedBlockHashes.length);
        SegmentSecret secret = SegmentSecret.derive(hashAlgorithm, serverSecret, HashOfData.of(hash));
        return v1(
                hashAlgorithm, new ContentRange(offset, segmentBytes), hashAndSecret(hash, secret), packedBlockHashes);
    }

    /** A version 1.0 segment as it was received; the caller has checked the lengths. Takes copies. */
    static SegmentDescription v1(
            HashAlgorithm hashAlgorithm, ContentRange extent, byte[] hashAndSecret, byte[] packedBlockHashes) {
        byte[] octets = Arrays.copyOf(hashAndSecret, hashAndSecret.length + packedBlockHashes.length);
        System.arraycopy(packedBlockHashes, 0, octets, hashAndSecret.length, packedBlockHashes.length);
        int listedBlockCount = packedBlockHashes.length / hashAlgorithm.digestBytes();
        return new SegmentDescription(
                hashAlgorithm, extent, octets, new Place(0, hashAndSecret.length), listedBlockCount);
    }

    private static byte[] hashAndSecret(byte[] hash, SegmentSecret secret) {
        ByteBuffer both = ByteBuffer.allocate(hash.length + secret.length()).put(hash);
        secret.writeTo(both);
        return both.array();
    }

    /**
     * A version 2.0 segment of a content server.
     *
     * @param offset where the segment starts in the content
     * @param segmentBytes 1 to 128 KiB
     * @throws IllegalArgumentException when a value is out of range
     */
    public static SegmentDescription v2(
            long offset, int segmentBytes, HashOfData hashOfData, ServerSecret serverSecret) {
        requireSegmentBytes(segmentBytes, ContentInformation.V2_MAX_SEGMENT_BYTES);
        SegmentSecret secret = SegmentSecret.derive(HashAlgorithm.TRUNCATED_SHA_512, serverSecret, hashOfData);
        return v2(new ContentRange(offset, segmentBytes), hashAndSecret(hashOfData.toByteArray(), secret), 0);
    }

    /**
     * A version 2.0 segment whose hash of data and secret stand in {@code octets} from {@code at} on; the caller has
     * checked the lengths. The array is not copied: the segments of a content information share one.
     */
    static SegmentDescription v2(ContentRange extent, byte[] octets, int at) {
        return new SegmentDescription(HashAlgorithm.TRUNCATED_SHA_512, extent, octets, new Place(at, at), 1);
    }

    /** The same segment with only its first {@code count} block hashes listed; shares the array. */
    SegmentDescription withListedBlocks(int count) {
        if (count == listedBlockCount) {
            return this;
        }
        require(count > 0 && count < listedBlockCount, "listed blocks", count, "1 to " + listedBlockCount);
        return new SegmentDescription(hashAlgorithm, extent(), octets, new Place(hashOfDataAt, blockHashesAt), count);
    }

    /** The algorithm of all hashes here. */
    public HashAlgorithm hashAlgorithm() {
        return hashAlgorithm;
    }

    /** Where the segment starts in the content, {@code ullOffsetInContent}. */
    public long offsetInContent() {
        return offsetInContent;
    }

    /** Octets of the whole segment, however many of them are in the content range, {@code cbSegment}. */
    public int segmentBytes() {
        return segmentBytes;
    }

    /** Where the whole segment lies in the content. */
    public ContentRange extent() {
        return new ContentRange(offsetInContent, segmentBytes);
    }

    /** Octets of every block but the last: 64 KiB in version 1.0, the whole segment in version 2.0. */
    public int blockBytes() {
        return hashAlgorithm.contentInformationVersion() == 1 ? ContentInformation.V1_BLOCK_BYTES : segmentBytes;
    }

    /** HoD, as a new object at each call. */
    public HashOfData hashOfData() {
        return HashOfData.copyOf(octets, hashOfDataAt, hashAlgorithm.digestBytes());
    }

    /** Kp, as a new object at each call. */
    public SegmentSecret secret() {
        return SegmentSecret.copyOf(octets, secretAt(), hashAlgorithm.digestBytes());
    }

    private int secretAt() {
        return hashOfDataAt + hashAlgorithm.digestBytes();
    }

    /** HoHoDk, computed at the first call. */
    public SegmentId id() {
        SegmentId known = id;
        if (known == null) {
            known = SegmentId.derive(hashAlgorithm, secret(), hashOfData());
            id = known;
        }
        return known;
    }

    /** Blocks of the whole segment, 1 to 512. */
    public int blockCount() {
        return blocksIn(segmentBytes, blockBytes());
    }

    /** How many blocks, from the first on, have their hash listed; fewer than all when the content range ends before. */
    public int listedBlockCount() {
        return listedBlockCount;
    }

    /** The hash of a listed block; throws {@link IndexOutOfBoundsException} for another one. */
    public BlockHash blockHash(int blockIndex) {
        int from = hashOffset(blockIndex);
        return BlockHash.of(Arrays.copyOfRange(octets, from, from + hashAlgorithm.digestBytes()));
    }

    /** Octets of a block; throws {@link IndexOutOfBoundsException} for an index beyond the segment. */
    public int blockLength(int blockIndex) {
        Objects.checkIndex(blockIndex, blockCount());
        return Math.min(blockBytes(), segmentBytes - blockIndex * blockBytes());
    }

    /**
     * Whether {@code length} octets of {@code data} from {@code offset} are this block: of its length and with its hash.
     * Throws {@link IndexOutOfBoundsException} for a block that is not listed. Safe from many threads; who checks many
     * blocks uses a {@link BlockHasher}.
     */
    public boolean matches(int blockIndex, byte[] data, int offset, int length) {
        requireListed(blockIndex);
        return length == blockLength(blockIndex) && isBlockHash(blockIndex, hashAlgorithm.hash(data, offset, length));
    }

    /** Whether {@code hash} begins with the hash of a listed block. */
    boolean isBlockHash(int blockIndex, byte[] hash) {
        int from = hashOffset(blockIndex);
        int digestBytes = hashAlgorithm.digestBytes();
        return Arrays.equals(hash, 0, digestBytes, octets, from, from + digestBytes);
    }

    /** Throws {@link IndexOutOfBoundsException} for a block that is not listed. */
    void requireListed(int blockIndex) {
        Objects.checkIndex(blockIndex, listedBlockCount);
    }

    /**
     * Whether the listed block hashes are those of the hash of data. False also for a version 1.0 segment whose list is
     * not complete, as then nothing ties the hashes to the segment.
     */
    public boolean provesHashOfData() {
        if (hashAlgorithm.contentInformationVersion() == 2) {
            return true;
        }
        if (listedBlockCount != blockCount()) {
            return false;
        }
        byte[] hash = hashAlgorithm.hash(octets, blockHashesAt, listedBytes());
        return MessageDigest.isEqual(hash, hashOfData().toByteArray());
    }

    /** Writes the hash of data and the secret, as on the wire. */
    void writeHashAndSecret(ByteBuffer target) {
        target.put(octets, hashOfDataAt, 2 * hashAlgorithm.digestBytes());
    }

    /** Writes the listed block hashes one behind the other. */
    void writeBlockHashes(ByteBuffer target) {
        target.put(octets, blockHashesAt, listedBytes());
    }

    /** Octets of the listed block hashes. */
    int listedBytes() {
        return listedBlockCount * hashAlgorithm.digestBytes();
    }

    /** How many blocks of {@code blockBytes} hold {@code bytes} octets. */
    static int blocksIn(long bytes, int blockBytes) {
        return (int) ((bytes + blockBytes - 1) / blockBytes);
    }

    private int hashOffset(int blockIndex) {
        return blockHashesAt + Objects.checkIndex(blockIndex, listedBlockCount) * hashAlgorithm.digestBytes();
    }

    static void requireSegmentBytes(int segmentBytes, int max) {
        require(segmentBytes > 0 && segmentBytes <= max, "segment bytes", segmentBytes, "1 to " + max);
    }

    private static void require(boolean holds, String name, Object value, Object expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SegmentDescription that
                && hashAlgorithm == that.hashAlgorithm
                && offsetInContent == that.offsetInContent
                && segmentBytes == that.segmentBytes
                && Arrays.equals(
                        octets,
                        hashOfDataAt,
                        secretAt() + hashAlgorithm.digestBytes(),
                        that.octets,
                        that.hashOfDataAt,
                        that.secretAt() + hashAlgorithm.digestBytes())
                && Arrays.equals(
                        octets,
                        blockHashesAt,
                        blockHashesAt + listedBytes(),
                        that.octets,
                        that.blockHashesAt,
                        that.blockHashesAt + that.listedBytes());
    }

    @Override
    public int hashCode() {
        return Objects.hash(hashAlgorithm, offsetInContent, segmentBytes, hashOfData());
    }

    @Override
    public String toString() {
        return "SegmentDescription[" + id() + ", " + segmentBytes + " octets at " + offsetInContent + ", "
                + listedBlockCount + " of " + blockCount() + " blocks listed, " + hashAlgorithm + "]";
    }

    /** Where in the octets the two parts begin. */
    private record Place(int hashOfDataAt, int blockHashesAt) {}
}
