// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.StoredBlock;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/** A block that is being read. Holds its extent open until it is closed. */
final class OpenBlock implements StoredBlock {
    private final int blockIndex;
    private final BlockPlacement placement;
    private final Extent extent;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Takes over one reference to {@code extent}. */
    OpenBlock(int blockIndex, BlockPlacement placement, Extent extent) {
        this.blockIndex = blockIndex;
        this.placement = placement;
        this.extent = extent;
    }

    @Override
    public int blockIndex() {
        return blockIndex;
    }

    @Override
    public CryptoAlgorithm cryptoAlgorithm() {
        return placement.crypto();
    }

    @Override
    public byte[] initializationVector() {
        return placement.initializationVector().clone();
    }

    @Override
    public FileChannel channel() {
        return extent.file().channel();
    }

    @Override
    public long position() {
        return (long) placement.offset() + RecordHeader.BYTES;
    }

    /** While the store is open, extents are numbered upwards and only appended to. */
    @Override
    public long revision() {
        return (long) placement.extentId() << Integer.SIZE | placement.offset();
    }

    @Override
    public int ciphertextBytes() {
        return placement.ciphertextBytes();
    }

    @Override
    public int trailerBytes() {
        return RecordHeader.trailerBytesOf(placement.crypto(), placement.ciphertextBytes());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            extent.release();
        }
    }
}
