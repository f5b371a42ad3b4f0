// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrc.BlockHash;
import io.peerdist.codec.pccrc.ContentInformationV1;
import io.peerdist.codec.pccrc.ContentRange;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.HashOfData;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrc.ServerSecret;
import io.peerdist.codec.pccrr.BlockCipher;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pchc.ContentTag;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.codec.pchc.SegmentInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A segment of which the content is known, and so its hashes and its secret: what {@link Segments} only pretends. */
final class ContentSegment {
    private static final SecretKey KEY = SecretKey.of(Segments.bytes(99, 32));

    private final byte[] content;
    private final SegmentDescription description;

    private ContentSegment(byte[] content, SegmentDescription description) {
        this.content = content;
        this.description = description;
    }

    static ContentSegment v1(int number, int bytes) {
        return v1(HashAlgorithm.SHA_256, number, bytes);
    }

    static ContentSegment v1(HashAlgorithm algorithm, int number, int bytes) {
        return v1(algorithm, Segments.bytes(number, bytes));
    }

    private static ContentSegment v1(HashAlgorithm algorithm, byte[] content) {
        List<BlockHash> hashes = new ArrayList<>();
        for (int from = 0; from < content.length; from += Segments.V1_BLOCK_BYTES) {
            int length = Math.min(Segments.V1_BLOCK_BYTES, content.length - from);
            hashes.add(BlockHash.of(algorithm.hash(content, from, length)));
        }
        ServerSecret secret = ServerSecret.derive(algorithm, KEY);
        return new ContentSegment(content, SegmentDescription.v1(algorithm, 0, content.length, hashes, secret));
    }

    static ContentSegment v2(int number, int bytes) {
        byte[] content = Segments.bytes(number, bytes);
        HashAlgorithm algorithm = HashAlgorithm.TRUNCATED_SHA_512;
        HashOfData hash = HashOfData.of(algorithm.hash(content, 0, bytes));
        return new ContentSegment(content, SegmentDescription.v2(0, bytes, hash, ServerSecret.derive(algorithm, KEY)));
    }

    SegmentDescription description() {
        return description;
    }

    SegmentId id() {
        return description.id();
    }

    int blockCount() {
        return description.blockCount();
    }

    byte[] block(int index) {
        int from = index * description.blockBytes();
        return Arrays.copyOfRange(content, from, from + description.blockLength(index));
    }

    /** The block as a peer that encrypts so would send it. */
    BlockResponse encrypted(int index, CryptoAlgorithm algorithm) {
        byte[] iv = algorithm == CryptoAlgorithm.NONE ? new byte[0] : Segments.bytes(index + 7, BlockCipher.IV_BYTES);
        byte[] plain = block(index);
        byte[] sent = BlockCipher.encrypt(algorithm, description.secret(), iv, plain, 0, plain.length);
        return new BlockResponse(id(), index, 0, algorithm, sent, iv);
    }

    BlockResponse encrypted(int index) {
        return encrypted(index, CryptoAlgorithm.AES_128);
    }

    /** The block with one octet changed before it was encrypted, which only its hash can tell. */
    BlockResponse forged(int index) {
        byte[] plain = block(index);
        plain[plain.length / 2] ^= 1;
        byte[] iv = Segments.bytes(index, BlockCipher.IV_BYTES);
        byte[] sent = BlockCipher.encrypt(CryptoAlgorithm.AES_128, description.secret(), iv, plain, 0, plain.length);
        return new BlockResponse(id(), index, 0, CryptoAlgorithm.AES_128, sent, iv);
    }

    /** What a client can read in {@code block}. */
    byte[] decrypted(BlockResponse block) {
        return BlockCipher.decrypt(
                block.cryptoAlgorithm(),
                description.secret(),
                block.initializationVector(),
                block.block(),
                description.blockLength(block.blockIndex()));
    }

    /** How version 2.0 offers it. */
    SegmentDescriptor descriptor() {
        return new SegmentDescriptor(
                description.blockBytes(),
                description.segmentBytes(),
                ContentTag.BITS,
                description.hashAlgorithm(),
                description.id());
    }

    /** How version 1.0 describes it, with the hashes of all blocks. */
    SegmentInfo info(int port) {
        return SegmentInfo.of(port, ContentTag.WININET, description);
    }

    /** How a client describes it that has content information of the first {@code blocks} blocks only. */
    SegmentInfo infoOfFirst(int blocks, int port) {
        return new SegmentInfo(port, ContentTag.WININET, informationOfFirst(blocks));
    }

    private byte[] informationOfFirst(int blocks) {
        ContentRange range =
                new ContentRange(0, Math.min(description.segmentBytes(), (long) blocks * Segments.V1_BLOCK_BYTES));
        return ContentInformationV1.of(description.hashAlgorithm(), range, List.of(description))
                .encode();
    }

    /** A description of the same identifier whose hash of block {@code index} is another: the poison of who has the secret. */
    SegmentInfo forgedInfoOfFirst(int blocks, int index, byte[] hash, int port) {
        byte[] information = informationOfFirst(blocks);
        int digestBytes = description.hashAlgorithm().digestBytes();
        System.arraycopy(hash, 0, information, information.length - (blocks - index) * digestBytes, digestBytes);
        return new SegmentInfo(port, ContentTag.WININET, information);
    }
}
