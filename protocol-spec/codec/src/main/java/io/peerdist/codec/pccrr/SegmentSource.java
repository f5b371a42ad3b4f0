// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.pccrc.SegmentId;
import org.jspecify.annotations.Nullable;

/**
 * Where a server-role peer finds the blocks it serves: the {@code Content Cache} of MS-PCCRR 3.2.1. It stands here, beside
 * the messages, so that the retrieval server and the block store know it without knowing each other. Thread-safe.
 */
public interface SegmentSource {
    /** What is held of {@code id} as far as memory knows, or null when only the disk can tell. Never blocks. */
    @Nullable
    HeldSegment peek(SegmentId id);

    /** What is held of {@code id}. May read the disk, so not for an event loop. */
    HeldSegment load(SegmentId id);
}
