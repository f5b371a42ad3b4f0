// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where the bytes of a download go. Thread-safe. */
interface DownloadOutput extends BlockOutput, AutoCloseable {
    /** Whether what was written can be written again, with other bytes. */
    boolean isRewritable();

    /** Everything is written: makes the bytes durable and visible under their name. */
    void complete(long fileBytes, @Nullable Instant lastModified) throws IOException;

    /** Lets go of the output; without {@link #complete} before, what is there stays for a later run. */
    @Override
    void close() throws IOException;
}
