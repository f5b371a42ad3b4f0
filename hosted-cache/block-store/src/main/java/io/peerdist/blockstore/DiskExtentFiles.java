// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Extent files in a directory, named {@code 0000002a.extent} after their id. */
final class DiskExtentFiles implements ExtentFiles {
    private static final Pattern NAME = Pattern.compile("([0-7][0-9a-f]{7})\\.extent");

    private final Path directory;
    private final FileStore fileStore;

    /** {@code directory} must exist. */
    DiskExtentFiles(Path directory) throws IOException {
        this.directory = directory;
        this.fileStore = Files.getFileStore(directory);
    }

    static Path path(Path directory, int extentId) {
        return directory.resolve(String.format("%08x.extent", extentId));
    }

    @Override
    public List<Integer> list() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> NAME.matcher(file.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(name -> Integer.parseInt(name.group(1), 16))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public ExtentFile create(int extentId, long bytes) throws IOException {
        Path path = path(directory, extentId);
        ExtentFile file = new DiskExtentFile(path, StandardOpenOption.CREATE_NEW);
        try {
            file.resize(bytes);
            return file;
        } catch (IOException e) {
            file.close();
            Files.deleteIfExists(path);
            throw e;
        }
    }

    @Override
    public ExtentFile open(int extentId) throws IOException {
        return new DiskExtentFile(path(directory, extentId));
    }

    @Override
    public void delete(int extentId) throws IOException {
        Files.deleteIfExists(path(directory, extentId));
    }

    @Override
    public void forceDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public long usableBytes() throws IOException {
        return fileStore.getUsableSpace();
    }
}
