// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which segments are pinned, outside of the catalogue, which cannot make that anew from the log: a text file to which each
 * pin adds a line {@code +ID} and each release a line {@code -ID}, ids in hexadecimal. It is read only by a recovery, and
 * when it has grown. Methods are called under the store's write lock.
 */
final class PinFile {
    private static final Logger LOG = LoggerFactory.getLogger(PinFile.class);

    /** A start rewrites a file that is larger than this. */
    private static final long TIDY_BYTES = 1 << 20;

    /** About a million pins; more are kept in the catalogue only. */
    private static final long MAX_BYTES = 128L << 20;

    private final Path file;
    private @Nullable Set<SegmentId> loaded;
    private boolean overflowTold;

    PinFile(Path file) {
        this.file = file;
    }

    /** Whether there is a file: stores of the first versions have none. */
    boolean exists() {
        return Files.exists(file);
    }

    /** Makes the file, and a shorter one of a long one. */
    void open() {
        try {
            if (!Files.exists(file)) {
                Files.createFile(file);
            } else if (Files.size(file) > TIDY_BYTES) {
                rewrite(read());
            }
        } catch (IOException e) {
            throw StoreDirectory.translate(file, "reading", e);
        }
    }

    private void rewrite(Set<SegmentId> pins) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.write(next, pins.stream().map(id -> line(id, true)).toList());
        try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String line(SegmentId id, boolean pinned) {
        return (pinned ? '+' : '-') + HexFormat.of().formatHex(id.toByteArray());
    }

    /** Writes down that a segment is pinned or no longer so; on the disk when this returns. */
    void note(SegmentId id, boolean pinned) {
        loaded = null;
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            if (channel.size() > MAX_BYTES) {
                tellOverflow();
                return;
            }
            // A line of its own even after one that a crash has cut short.
            channel.write(ByteBuffer.wrap(("\n" + line(id, pinned) + "\n").getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        } catch (IOException e) {
            throw StoreDirectory.translate(file, "writing", e);
        }
    }

    private void tellOverflow() {
        if (!overflowTold) {
            overflowTold = true;
            LOG.warn(
                    "{} is larger than {} bytes; more pins would not survive the loss of the catalogue",
                    file,
                    MAX_BYTES);
        }
    }

    /** Whether the segment was pinned the last time anybody said. Reads the file, and remembers it until {@link #forget}. */
    boolean contains(SegmentId id) {
        Set<SegmentId> pins = loaded;
        if (pins == null) {
            try {
                pins = read();
            } catch (IOException e) {
                throw StoreDirectory.translate(file, "reading", e);
            }
            loaded = pins;
        }
        return pins.contains(id);
    }

    /** Frees the memory that {@link #contains} took. */
    void forget() {
        loaded = null;
    }

    private Set<SegmentId> read() throws IOException {
        Set<SegmentId> pins = new LinkedHashSet<>();
        if (!Files.exists(file)) {
            return pins;
        }
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            lines.forEach(line -> apply(line, pins));
        }
        return pins;
    }

    /** Lines that are no lines of ours are passed over. */
    private static void apply(String line, Set<SegmentId> pins) {
        int digits = line.length() - 1;
        if (digits != 64 && digits != 96 && digits != 128) {
            return;
        }
        SegmentId id;
        try {
            id = SegmentId.of(HexFormat.of().parseHex(line, 1, line.length()));
        } catch (IllegalArgumentException notHexadecimal) {
            LOG.warn("A line of the pins cannot be read: {}", notHexadecimal.getMessage());
            return;
        }
        if (line.charAt(0) == '+') {
            pins.add(id);
        } else if (line.charAt(0) == '-') {
            pins.remove(id);
        }
    }

    /** Releases all pins. */
    void clear() {
        loaded = null;
        try {
            rewrite(Set.of());
        } catch (IOException e) {
            throw StoreDirectory.translate(file, "writing", e);
        }
    }
}
