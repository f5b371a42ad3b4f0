// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.plan.PlanSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A stream that takes bytes in order only: what comes early waits in memory. */
final class StreamOutput implements DownloadOutput {
    /** Bytes that may wait: what {@link PlanSettings#IN_ORDER} looks ahead, and the request that reaches beyond it. */
    static final long MAX_WAITING_BYTES = 24 << 20;

    private final OutputStream stream;
    private final TreeMap<Long, byte[]> waiting = new TreeMap<>();
    private long waitingBytes;
    private long written;

    StreamOutput(OutputStream stream) {
        this.stream = stream;
    }

    @Override
    public synchronized void write(long offset, ByteBuffer bytes) throws IOException {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        if (offset < written || waiting.put(offset, copy) != null) {
            throw new IllegalStateException("offset: " + offset + " (expected: not written before)");
        }
        waitingBytes += copy.length;
        for (Map.Entry<Long, byte[]> first = waiting.firstEntry();
                first != null && first.getKey() == written;
                first = waiting.firstEntry()) {
            stream.write(first.getValue());
            written += first.getValue().length;
            waitingBytes -= first.getValue().length;
            waiting.pollFirstEntry();
        }
        if (waitingBytes > MAX_WAITING_BYTES) {
            throw new IllegalStateException(
                    "bytes waiting: " + waitingBytes + " (expected: at most " + MAX_WAITING_BYTES + ")");
        }
    }

    @Override
    public synchronized boolean isRewritable() {
        return written == 0 && waiting.isEmpty();
    }

    @Override
    public synchronized void complete(long fileBytes, @Nullable Instant lastModified) throws IOException {
        stream.flush();
    }

    @Override
    public synchronized void close() throws IOException {
        stream.flush();
    }
}
