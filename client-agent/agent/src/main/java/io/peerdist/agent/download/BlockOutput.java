// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where verified blocks go. Thread-safe. */
public interface BlockOutput {
    /** Writes all that remains in {@code bytes} at {@code offset} of the file. */
    void write(long offset, ByteBuffer bytes) throws IOException;

    /** Whether what was written stays in use: then each block comes in a buffer of its own, on an array nobody writes to again. */
    default boolean keepsBuffers() {
        return false;
    }
}
