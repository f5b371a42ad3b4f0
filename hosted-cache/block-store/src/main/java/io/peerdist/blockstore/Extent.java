// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An extent that is open in this process. The store holds one reference as long as the extent belongs to it and every
 * reader of a block one more; the file is closed with the last. So a reader keeps the bytes it has opened, also when the
 * extent is evicted and its file unlinked meanwhile. The state changes under the store's write lock and is read anywhere.
 */
final class Extent implements EvictionPolicy.Candidate {
    private static final Logger LOG = LoggerFactory.getLogger(Extent.class);

    private final int extentId;
    private final ExtentFile file;
    private final Runnable afterClose;
    private final AtomicInteger references = new AtomicInteger(1);
    private final ExtentUse use;
    private volatile ExtentState state;
    private volatile boolean unread;
    private volatile boolean rewriteDue;

    /** {@code afterClose} runs when the last reference is gone and the file closed. */
    Extent(ExtentState state, ExtentFile file, Runnable afterClose) {
        this.extentId = state.extentId();
        this.state = state;
        this.use = new ExtentUse(state.extentBytes());
        this.file = file;
        this.afterClose = afterClose;
    }

    @Override
    public int extentId() {
        return extentId;
    }

    @Override
    public int extentBytes() {
        return state.extentBytes();
    }

    @Override
    public ExtentUse use() {
        return use;
    }

    ExtentState state() {
        return state;
    }

    void setState(ExtentState next) {
        state = next;
    }

    ExtentFile file() {
        return file;
    }

    /** Takes a reference, or answers false when the last one is gone already. */
    boolean retain() {
        for (int count = references.get(); count > 0; count = references.get()) {
            if (references.compareAndSet(count, count + 1)) {
                return true;
            }
        }
        return false;
    }

    void release() {
        if (references.decrementAndGet() == 0) {
            try {
                file.close();
            } catch (IOException e) {
                LOG.warn("Closing extent {} failed; its descriptor may stay open", extentId, e);
            }
            afterClose.run();
        }
    }

    /** Whether anybody but the store holds a reference at this moment. */
    boolean isBeingRead() {
        return references.get() > 1;
    }

    /** Whether there may be blocks in it that nobody knows of yet. */
    boolean isUnread() {
        return unread;
    }

    void setUnread(boolean stillUnread) {
        unread = stillUnread;
    }

    /** Whether forcing has failed, after which the system may take for written what never reached the disk. */
    boolean isRewriteDue() {
        return rewriteDue;
    }

    void setRewriteDue(boolean due) {
        rewriteDue = due;
    }
}
