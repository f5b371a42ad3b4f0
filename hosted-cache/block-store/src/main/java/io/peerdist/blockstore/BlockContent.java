// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.RetrievalCodec;
import java.nio.ByteBuffer;

/** What the log keeps of a block: ciphertext and the trailer of its message, with their lengths and checksum. */
final class BlockContent {
    private final RecordHeader.Body body;
    private final byte[] iv;
    private final ByteBuffer ciphertext;
    private final ByteBuffer trailer;
    private final long createdMillis;

    BlockContent(RecordHeader.Body body, byte[] iv, ByteBuffer ciphertext, ByteBuffer trailer, long createdMillis) {
        this.body = body;
        this.iv = iv;
        this.ciphertext = ciphertext;
        this.trailer = trailer;
        this.createdMillis = createdMillis;
    }

    /** Wraps the remaining octets of {@code ciphertext} and copies {@code iv}. */
    static BlockContent of(CryptoAlgorithm crypto, byte[] iv, ByteBuffer ciphertext, long createdMillis) {
        ByteBuffer octets = ciphertext.slice();
        ByteBuffer trailer = RetrievalCodec.blockTrailer(octets.remaining(), iv);
        RecordHeader.Body body = new RecordHeader.Body(crypto, octets.remaining(), Checksums.crc32c(octets, trailer));
        return new BlockContent(body, iv.clone(), octets, trailer, createdMillis);
    }

    RecordHeader.Body body() {
        return body;
    }

    /** Not to be changed. */
    byte[] iv() {
        return iv;
    }

    ByteBuffer ciphertext() {
        return ciphertext;
    }

    /** What ends the block's message behind the ciphertext. */
    ByteBuffer trailer() {
        return trailer;
    }

    /** When the block was put first. */
    long createdMillis() {
        return createdMillis;
    }
}
