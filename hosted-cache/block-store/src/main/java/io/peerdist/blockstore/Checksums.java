// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C (RFC 3720, B.4) of parts of buffers. The buffers' positions stay where they are. */
final class Checksums {
    private Checksums() {}

    static int crc32c(ByteBuffer buffer, int position, int bytes) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(position, bytes));
        return (int) crc.getValue();
    }

    /** Of the remaining octets of {@code first}, then of {@code second}. */
    static int crc32c(ByteBuffer first, ByteBuffer second) {
        CRC32C crc = new CRC32C();
        crc.update(first.duplicate());
        crc.update(second.duplicate());
        return (int) crc.getValue();
    }
}
