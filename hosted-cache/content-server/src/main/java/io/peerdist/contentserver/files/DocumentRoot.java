// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory whose files may be read by anybody who asks, and nothing outside of it. Thread-safe; every method touches
 * the disk.
 *
 * <h2>Staying inside</h2>
 *
 * Symbolic links are followed as long as they end inside the root, at a name that may be served. To keep it so between
 * the check and the opening, the resolved path is then walked from the root, one directory descriptor after the other,
 * without following any link: who swaps a directory for a link meanwhile makes the opening fail. The root itself is
 * resolved anew each time, so that it may be a link which a deployment moves.
 *
 * <h2>What the version belongs to</h2>
 *
 * The attributes are read before and after the opening; unless both agree, the file is opened again. A rename changes
 * the change time, so a file that was swapped and swapped back does not pass.
 */
public final class DocumentRoot {
    /** A file that is replaced more often than this within one opening is not there. */
    private static final int MAX_OPEN_ATTEMPTS = 3;

    /** Each level of the walk holds two file descriptors. */
    private static final int MAX_DEPTH = 64;

    private static final Logger LOG = LoggerFactory.getLogger(DocumentRoot.class);

    private static final Set<OpenOption> READ_NO_LINK = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    private final Path directory;

    private DocumentRoot(Path directory) {
        this.directory = directory;
    }

    /**
     * A root at {@code directory}, which may be a symbolic link.
     *
     * @throws IOException it is no directory, or cannot be read
     */
    public static DocumentRoot open(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath();
        if (!Files.isDirectory(absolute)) {
            throw new NotDirectoryException(absolute.toString());
        }
        if (!Files.isReadable(absolute) || !Files.isExecutable(absolute)) {
            throw new AccessDeniedException(absolute.toString());
        }
        return new DocumentRoot(absolute);
    }

    /**
     * Opens the regular file at {@code path}.
     *
     * @return nothing if there is none that may be served, for whatever reason
     * @throws IOException the root cannot be read any more, or the process is out of file descriptors
     */
    public Optional<OpenedFile> open(RelativePath path) throws IOException {
        try {
            return openUnchecked(path);
        } catch (InvalidPathException notInThisFileSystem) {
            return Optional.empty();
        } catch (IOException e) {
            return absentUnlessRootFails(path, e);
        }
    }

    /**
     * The version of the file at {@code path} as it is now.
     *
     * @return nothing if there is no file that may be served
     * @throws IOException the root cannot be read any more, or the process is out of file descriptors
     */
    public Optional<FileVersion> version(RelativePath path) throws IOException {
        try {
            return versionUnchecked(path);
        } catch (InvalidPathException notInThisFileSystem) {
            return Optional.empty();
        } catch (IOException e) {
            return absentUnlessRootFails(path, e);
        }
    }

    /**
     * The JDK says by a localized text only whether a name is absent, leads through a file, loops or is too long, or
     * whether the system is in trouble. So ask the root: as long as it opens, the trouble is the name's own.
     */
    private <T> Optional<T> absentUnlessRootFails(RelativePath path, IOException reason) throws IOException {
        try (DirectoryStream<Path> probe = Files.newDirectoryStream(directory)) {
            boolean hasFiles = probe.iterator().hasNext();
            LOG.debug("not served from a {} root: {}: {}", hasFiles ? "full" : "bare", path, reason.toString());
            return Optional.empty();
        } catch (IOException rootFails) {
            rootFails.addSuppressed(reason);
            throw rootFails;
        }
    }

    private Optional<OpenedFile> openUnchecked(RelativePath path) throws IOException {
        for (int attempt = 1; attempt <= MAX_OPEN_ATTEMPTS; attempt++) {
            Path root = directory.toRealPath();
            Optional<Path> real = resolve(path, root);
            Optional<FileVersion> before = real.isPresent() ? attributes(path, real.get()) : Optional.empty();
            if (before.isEmpty()) {
                return Optional.empty();
            }
            FileChannel channel = openBelow(root, root.relativize(real.orElseThrow()));
            boolean kept = false;
            try {
                Optional<FileVersion> after = versionUnchecked(path);
                kept = after.equals(before) || (attempt == MAX_OPEN_ATTEMPTS && isSameFile(before, after));
                if (kept) {
                    return Optional.of(new OpenedFile(after.orElseThrow(), channel));
                }
            } finally {
                if (!kept) {
                    channel.close();
                }
            }
        }
        return Optional.empty();
    }

    /** A file that is written to all the time never looks the same twice, but it is still that file. */
    private static boolean isSameFile(Optional<FileVersion> before, Optional<FileVersion> after) {
        return after.map(FileVersion::fileKey).equals(before.map(FileVersion::fileKey));
    }

    private Optional<FileVersion> versionUnchecked(RelativePath path) throws IOException {
        Optional<Path> real = resolve(path, directory.toRealPath());
        return real.isPresent() ? attributes(path, real.get()) : Optional.empty();
    }

    /** Follows every link; nothing if that leads out of {@code root} or to a name that is not served. */
    private static Optional<Path> resolve(RelativePath path, Path root) throws IOException {
        Path joined = root;
        for (String name : path.names()) {
            joined = joined.resolve(name);
        }
        Path real = joined.toRealPath();
        if (!real.startsWith(root)) {
            return Optional.empty();
        }
        Path relative = root.relativize(real);
        if (relative.getNameCount() > MAX_DEPTH) {
            return Optional.empty();
        }
        for (Path name : relative) {
            if (!RelativePath.isServable(name.toString())) {
                return Optional.empty();
            }
        }
        return Optional.of(real);
    }

    private static Optional<FileVersion> attributes(RelativePath path, Path real) throws IOException {
        boolean unix = real.getFileSystem().supportedFileAttributeViews().contains("unix");
        String wanted = (unix ? "unix:ctime," : "") + "isRegularFile,size,lastModifiedTime,fileKey";
        Map<String, @Nullable Object> found = Files.readAttributes(real, wanted, LinkOption.NOFOLLOW_LINKS);
        if (!Boolean.TRUE.equals(found.get("isRegularFile"))) {
            return Optional.empty();
        }
        Object modified = found.get("lastModifiedTime");
        Object changed = found.getOrDefault("ctime", modified);
        if (!(found.get("size") instanceof Long size)
                || !(modified instanceof FileTime modifiedTime)
                || !(changed instanceof FileTime changedTime)) {
            throw new IOException(real + ": attributes " + found + " (expected: size and times)");
        }
        return Optional.of(new FileVersion(
                path,
                size,
                modifiedTime.to(TimeUnit.NANOSECONDS),
                changedTime.to(TimeUnit.NANOSECONDS),
                Objects.toString(found.get("fileKey"), "")));
    }

    /** Opens {@code relative}, a resolved path, without following a link anywhere in it. */
    static FileChannel openBelow(Path root, Path relative) throws IOException {
        try (DirectoryStream<Path> top = Files.newDirectoryStream(root)) {
            return top instanceof SecureDirectoryStream<Path> secure
                    ? openBelow(secure, relative, 0)
                    : FileChannel.open(root.resolve(relative), READ_NO_LINK); // a file system without openat(2)
        }
    }

    private static FileChannel openBelow(SecureDirectoryStream<Path> directory, Path relative, int depth)
            throws IOException {
        Path name = relative.getName(depth);
        if (depth < relative.getNameCount() - 1) {
            try (SecureDirectoryStream<Path> next = directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                return openBelow(next, relative, depth + 1);
            }
        }
        SeekableByteChannel channel = directory.newByteChannel(name, READ_NO_LINK);
        if (channel instanceof FileChannel file) {
            return file;
        }
        channel.close();
        throw new IOException(relative + ": channel of " + channel.getClass() + " (expected: a FileChannel)");
    }
}
