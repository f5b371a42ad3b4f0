// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrr.CryptoAlgorithm;
import java.nio.ByteBuffer;

/** What the log keeps of a block: ciphertext and initialization vector, with their lengths and checksum. */
final class BlockContent {
    private final RecordHeader.Body body;
    private final byte[] iv;
    private final ByteBuffer ciphertext;
    private final long createdMillis;

    BlockContent(RecordHeader.Body body, byte[] iv, ByteBuffer ciphertext, long createdMillis) {
        this.body = body;
        this.iv = iv;
        this.ciphertext = ciphertext;
        this.createdMillis = createdMillis;
    }

    /** Wraps the remaining octets of {@code ciphertext} and copies {@code iv}. */
    static BlockContent of(CryptoAlgorithm crypto, byte[] iv, ByteBuffer ciphertext, long createdMillis) {
        ByteBuffer octets = ciphertext.slice();
        RecordHeader.Body body =
                new RecordHeader.Body(crypto, octets.remaining(), Checksums.crc32c(octets, ByteBuffer.wrap(iv)));
        return new BlockContent(body, iv.clone(), octets, createdMillis);
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

    /** When the block was put first. */
    long createdMillis() {
        return createdMillis;
    }
}
