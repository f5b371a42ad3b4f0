// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import io.peerdist.codec.manifest.FeedId;
import io.peerdist.contentserver.files.OwnerOnlyFile;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The name of the feed and the numbers of its entries. No number is ever given twice under one name, not even after a power
 * cut: numbers are reserved in a file, many at once, before the first of them is given, and each run begins with new ones.
 * Thread-safe.
 */
final class FeedNumbers {
    static final String FILE = "manifest-feed";

    /** A file is forced to the disk once for so many numbers; a restart skips what is left of them. */
    static final int RESERVED_AT_ONCE = 65_536;

    private static final Pattern LINES =
            Pattern.compile("peerdist manifest feed 1\nid ([0-9a-f]{32})\nunused ([0-9]{1,18})\n");
    private static final int MAX_FILE_BYTES = 1024;
    private static final Logger LOG = LoggerFactory.getLogger(FeedNumbers.class);

    private final Path file;
    private final FeedId feedId;
    private long next;
    private long reservedEnd;

    private FeedNumbers(Path file, FeedId feedId, long next) {
        this.file = file;
        this.feedId = feedId;
        this.next = next;
        this.reservedEnd = next;
    }

    /**
     * The numbers in {@code dataDirectory}; the first time new ones under a random name.
     *
     * @throws FailureException {@code CONFIGURATION} when the file can be neither read nor made
     */
    static FeedNumbers open(Path dataDirectory, RandomGenerator random) {
        Path file = dataDirectory.resolve(FILE);
        try {
            FeedNumbers numbers = read(file).orElseGet(() -> begin(file, random));
            numbers.reserve();
            return numbers;
        } catch (IOException | UncheckedIOException e) {
            throw new FailureException(
                    ExitCode.CONFIGURATION,
                    "manifest feed " + file + ": cannot be read or written (" + e + "); check the data directory",
                    e);
        }
    }

    private static Optional<FeedNumbers> read(Path file) throws IOException {
        String text;
        try (var input = Files.newInputStream(file)) {
            text = new String(input.readNBytes(MAX_FILE_BYTES), StandardCharsets.US_ASCII);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        Matcher lines = LINES.matcher(text);
        if (!lines.matches()) {
            LOG.warn("{} is damaged; subscribers begin a new feed", file);
            return Optional.empty();
        }
        return Optional.of(new FeedNumbers(file, FeedId.ofHex(lines.group(1)), Long.parseLong(lines.group(2))));
    }

    private static FeedNumbers begin(Path file, RandomGenerator random) {
        byte[] octets = new byte[FeedId.BYTES];
        random.nextBytes(octets);
        return new FeedNumbers(file, FeedId.of(octets), 1);
    }

    private void reserve() {
        long end = next + RESERVED_AT_ONCE;
        String text = "peerdist manifest feed 1\nid " + feedId + "\nunused " + end + "\n";
        try {
            OwnerOnlyFile.replace(file, text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reservedEnd = end;
    }

    FeedId feedId() {
        return feedId;
    }

    /** The greatest number that may have been given so far; 0 if none was. */
    synchronized long last() {
        return next - 1;
    }

    /**
     * A number greater than all before.
     *
     * @throws UncheckedIOException none could be reserved; none is given then
     */
    synchronized long take() {
        if (next == reservedEnd) {
            reserve();
        }
        return next++;
    }
}
