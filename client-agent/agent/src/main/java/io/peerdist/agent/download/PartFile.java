// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The file a download is written to until it is complete: {@code .NAME.peerdist-part} beside the target, with a
 * {@link ResumeJournal} next to it. Only the complete file gets the target's name, in one step. Thread-safe.
 */
final class PartFile implements DownloadOutput {
    private static final int MAX_NAME_BYTES = 200;
    private static final int DIGEST_BYTES = 262_144;

    private final Path target;
    private final Path part;
    private final Path journal;
    private final FileChannel channel;
    private final @Nullable ResumeJournal previous;

    private PartFile(Path target, Path part, Path journal, FileChannel channel, @Nullable ResumeJournal previous) {
        this.target = target;
        this.part = part;
        this.journal = journal;
        this.channel = channel;
        this.previous = previous;
    }

    /**
     * Opens the partial file of {@code target}, new or left by an interrupted run. Throws {@link FileSystemException}
     * when another download writes it.
     */
    static PartFile open(Path target) throws IOException {
        Path real =
                Files.isSymbolicLink(target) && Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
        String name = "." + shortened(String.valueOf(real.getFileName())) + ".peerdist-part";
        Path part = real.resolveSibling(name);
        Path journal = real.resolveSibling(name + ".properties");
        FileChannel channel =
                FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (lock(channel) == null) {
                throw new FileSystemException(target.toString(), null, "another download is writing it");
            }
            ResumeJournal previous = ResumeJournal.read(journal);
            return new PartFile(real, part, journal, channel, previous);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Leaves room in the file system's name limit for what is put around the name. */
    private static String shortened(String name) {
        if (name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES) {
            return name;
        }
        return name.substring(0, MAX_NAME_BYTES / 4)
                + HexFormat.of().toHexDigits(name.substring(MAX_NAME_BYTES / 4).hashCode());
    }

    /** What an interrupted run noted about the bytes in the file, or null. */
    @Nullable
    ResumeJournal previous() {
        return previous;
    }

    /** Notes what the bytes in the file are from now on. */
    void note(ResumeJournal entry) throws IOException {
        entry.write(journal);
    }

    /** Bytes in the file, gaps included. */
    long size() throws IOException {
        return channel.size();
    }

    void truncate(long bytes) throws IOException {
        channel.truncate(bytes);
    }

    /** Reads until {@code target} is full or the file ends. */
    void read(long offset, ByteBuffer target) throws IOException {
        long at = offset;
        while (target.hasRemaining()) {
            int read = channel.read(target, at);
            if (read < 0) {
                return;
            }
            at += read;
        }
    }

    /** Lets {@code digest} see the first {@code fileBytes} bytes. */
    void digest(MessageDigest digest, long fileBytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(DIGEST_BYTES);
        for (long at = 0; at < fileBytes; at += buffer.limit()) {
            read(at, buffer.clear().limit((int) Math.min(DIGEST_BYTES, fileBytes - at)));
            if (buffer.hasRemaining()) {
                throw new EOFException("it has been shortened by another program");
            }
            digest.update(buffer.flip());
        }
    }

    /** Removes what was written, for good. */
    void discard() throws IOException {
        Files.deleteIfExists(journal);
        Files.deleteIfExists(part);
    }

    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
        long at = offset;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    @Override
    public boolean isRewritable() {
        return true;
    }

    @Override
    public void complete(long fileBytes, @Nullable Instant lastModified) throws IOException {
        channel.truncate(fileBytes);
        channel.force(true);
        if (lastModified != null) {
            Files.setLastModifiedTime(part, FileTime.from(lastModified));
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(journal);
        Path directory = target.getParent();
        if (directory != null) {
            try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
