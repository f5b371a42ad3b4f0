// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The bytes of a file in order, each verified. {@link #poll} and {@link #close} are for one thread at a time. */
public interface ContentStream extends AutoCloseable {
    /**
     * The next bytes, one block or less, on an array; the caller's from now on, who must not change them. Null when there are
     * none now. Taking them makes room for more. Never blocks.
     */
    @Nullable
    ByteBuffer poll();

    /** Whether all bytes have been given out. */
    boolean isComplete();

    /** Why no more bytes will come, one sentence; null as long as they may. What {@link #poll} still gives is good nevertheless. */
    @Nullable
    String failure();

    /** Nobody wants the rest: cuts off what is under way. Idempotent, never blocks, and safe from any thread. */
    @Override
    void close();
}
