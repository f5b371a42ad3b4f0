// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.files;

import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * A regular file, open for reading, and the version it had when it was opened. Whoever has it closes it.
 *
 * @param version what the file was when it was opened
 * @param channel the file, at position 0
 */
public record OpenedFile(FileVersion version, FileChannel channel) implements AutoCloseable {
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
