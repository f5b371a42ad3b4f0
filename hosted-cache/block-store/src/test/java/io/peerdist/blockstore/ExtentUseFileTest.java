// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pchc.ContentComponent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtentUseFileTest {
    private static final int EXTENT_BYTES = 1 << 20;
    private static final ContentComponent COMPONENT = ContentComponent.SMB;

    @TempDir
    private Path directory;

    private BlockLog log;
    private ExtentUseFile file;

    @BeforeEach
    void writeTheUseOfThreeExtents() throws IOException {
        log = open();
        file = new ExtentUseFile(directory.resolve("uses"));
        for (int i = 0; i < 3; i++) {
            Extent extent = log.create(EXTENT_BYTES);
            extent.use().addReused(COMPONENT, 1000 + i);
            extent.use().markServed(i << 16);
        }
        file.write(log.extentsInOrder());
    }

    private BlockLog open() throws IOException {
        return new BlockLog(
                new DiskExtentFiles(Files.createDirectories(directory.resolve("log"))), new SplittableRandom(1));
    }

    @AfterEach
    void close() {
        log.close();
    }

    /** The log again, with extents of which nothing is known. */
    private BlockLog again() throws IOException {
        BlockLog forgetful = open();
        for (Extent extent : log.extentsInOrder()) {
            forgetful.adopt(extent.state(), forgetful.files().open(extent.extentId()));
        }
        return forgetful;
    }

    @Test
    void readsWhatItHasWritten() throws IOException {
        try (BlockLog read = again()) {
            assertThat(file.readInto(read)).isEqualTo(3);
            for (Extent extent : read.extentsInOrder()) {
                assertThat(extent.use().reusedBytes(COMPONENT)).isEqualTo(999 + extent.extentId());
                assertThat(extent.use().isServed((extent.extentId() - 1) << 16)).isTrue();
            }
        }
    }

    @Test
    void passesOverExtentsThatAreGoneOrOthers() throws IOException {
        try (BlockLog read = again()) {
            read.delete(read.extentsInOrder().get(0));
            Extent other = read.extentsInOrder().get(0);
            other.setState(ExtentState.created(new ExtentHeader(
                    other.extentId(), EXTENT_BYTES, other.state().salt() + 1)));
            assertThat(file.readInto(read)).isEqualTo(1);
            assertThat(other.use().reusedBytes(COMPONENT)).isZero();
        }
    }

    @Test
    void takesNothingFromAFileThatIsCutShortOrDamaged() throws IOException {
        byte[] whole = Files.readAllBytes(directory.resolve("uses"));
        try (BlockLog read = again()) {
            for (int length = 0; length < whole.length; length++) {
                Files.write(directory.resolve("uses"), Arrays.copyOf(whole, length));
                assertThat(file.readInto(read)).isZero();
            }
            for (int bit = 0; bit < 8 * whole.length; bit += 7) {
                byte[] damaged = whole.clone();
                damaged[bit / 8] ^= (byte) (1 << bit % 8);
                Files.write(directory.resolve("uses"), damaged);
                assertThat(file.readInto(read)).isZero();
            }
        }
    }

    @Test
    void knowsNothingWithoutAFile() throws IOException {
        Files.delete(directory.resolve("uses"));
        assertThat(file.readInto(log)).isZero();
    }
}
