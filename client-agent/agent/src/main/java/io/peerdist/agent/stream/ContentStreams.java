// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.stream;

import java.util.Optional;

/** Makes streams of files that have content information; bounds how many run and what they hold in memory together. Thread-safe. */
public final class ContentStreams implements AutoCloseable {
    /**
     * Begins to fetch.
     *
     * @param changed called from any thread, whenever {@link ContentStream#poll} may give something that it did not before, or the
     *     state has changed; must not block
     * @return empty when as many run as may: then the file is to be passed through plainly. Never blocks
     */
    public Optional<ContentStream> start(StreamRequest request, Runnable changed) {
        return Optional.empty();
    }

    /** Cuts off all streams. */
    @Override
    public void close() {}
}
