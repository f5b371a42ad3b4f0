// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.util.List;

/** The directory of extent files. Used under the store's write lock, except {@link #usableBytes()}. */
interface ExtentFiles {
    /** The ids of the files there are, ascending. */
    List<Integer> list() throws IOException;

    /** Makes a file of {@code bytes} zeros that must not exist yet. */
    ExtentFile create(int extentId, long bytes) throws IOException;

    ExtentFile open(int extentId) throws IOException;

    /** Unlinks the file; who has it open can go on reading. */
    void delete(int extentId) throws IOException;

    /** Forces the directory itself to the disk, so that files made or deleted stay so. */
    void forceDirectory() throws IOException;

    /** What the file system would still give us. */
    long usableBytes() throws IOException;
}
