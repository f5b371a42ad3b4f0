// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.TreeSet;

/**
 * Blocks as files: {@code <first two digits of the id>/<id>-<block>.blk}. A file under its name is whole: it is written
 * under another name, forced to the disk and then renamed.
 */
final class StaticTree {
    private static final int PREFIX_DIGITS = 2;

    private final Path root;
    private final Set<Path> changed = new TreeSet<>();

    StaticTree(Path root) {
        this.root = root;
    }

    /** Where a block stands below the root. */
    static String pathOf(String id, int index) {
        return id.substring(0, PREFIX_DIGITS) + "/" + id + "-" + index + ".blk";
    }

    /** How long the block's file is; -1 when there is none. */
    long bytesOf(String id, int index) throws IOException {
        try {
            return Files.size(root.resolve(pathOf(id, index)));
        } catch (NoSuchFileException e) {
            return -1;
        }
    }

    /** Writes the block's file, in place of one that is there. */
    void write(String id, int index, byte[] octets) throws IOException {
        Path file = root.resolve(pathOf(id, index));
        Path parent = root.resolve(id.substring(0, PREFIX_DIGITS));
        Path part = parent.resolve("." + file.getFileName() + ".part");
        if (changed.add(parent)) {
            Files.createDirectories(parent);
        }
        try {
            try (FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                for (ByteBuffer rest = ByteBuffer.wrap(octets); rest.hasRemaining(); ) {
                    channel.write(rest);
                }
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw e;
        }
    }

    /** Forces the names of what was written to the disk: those of its directories, the root's own included. */
    void sync() throws IOException {
        for (Path directory : changed) {
            sync(directory);
        }
        if (!changed.isEmpty()) {
            sync(root);
            changed.clear();
        }
    }

    /** A directory can be opened for reading where it can be forced; elsewhere the file system sees to its names. */
    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
