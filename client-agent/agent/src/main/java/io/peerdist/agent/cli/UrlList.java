// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.agent.download.OutputProblem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The URLs of one command: those of the command line, then those of the input file, which has one on each line. Blank lines
 * and lines that begin with {@code #} do not count.
 */
final class UrlList {
    /** As many as fit into a directory that people still look at, and a check that no other file was named by mistake. */
    static final int MAX_URLS = 10_000;

    private static final int MAX_FILE_BYTES = 4 << 20;
    private static final int BUFFER_BYTES = 65_536;
    private static final String STANDARD_INPUT = "-";
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private UrlList() {}

    /** Throws {@link IllegalArgumentException} with a sentence for the user when they cannot be read or there are none. */
    static List<ListedUrl> read(
            List<String> arguments, @Nullable String inputFile, Supplier<InputStream> standardInput) {
        List<ListedUrl> urls = new ArrayList<>();
        arguments.forEach(argument -> urls.add(ListedUrl.of("URL", argument)));
        if (inputFile != null) {
            urls.addAll(parse(name(inputFile), text(inputFile, standardInput)));
        }
        if (urls.isEmpty()) {
            throw new IllegalArgumentException(
                    inputFile == null
                            ? "URL: none given (expected: at least one, or --input-file FILE)"
                            : "--input-file: " + name(inputFile) + " has no URL in it");
        }
        if (urls.size() > MAX_URLS) {
            throw new IllegalArgumentException("URL: " + urls.size() + " given (expected: at most " + MAX_URLS + ")");
        }
        return urls;
    }

    private static String name(String inputFile) {
        return inputFile.equals(STANDARD_INPUT) ? "standard input" : inputFile;
    }

    private static List<ListedUrl> parse(String name, String text) {
        List<ListedUrl> urls = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String url = line.strip();
            if (!url.isEmpty() && !url.startsWith("#")) {
                urls.add(ListedUrl.of(name + ", line " + number, url));
            }
        }
        return urls;
    }

    /** Read piece by piece: the streams of files know no other way that does without a position, and pipes have none. */
    private static byte[] readBounded(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int read = in.read(buffer); read >= 0 && bytes.size() <= MAX_FILE_BYTES; read = in.read(buffer)) {
            bytes.write(buffer, 0, read);
        }
        return bytes.toByteArray();
    }

    private static String text(String inputFile, Supplier<InputStream> standardInput) {
        byte[] bytes;
        try (InputStream in =
                inputFile.equals(STANDARD_INPUT) ? standardInput.get() : Files.newInputStream(Path.of(inputFile))) {
            bytes = readBounded(in);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--input-file: cannot read " + name(inputFile) + ": " + OutputProblem.describe(e), e);
        }
        if (bytes.length > MAX_FILE_BYTES) {
            throw new IllegalArgumentException("--input-file: " + name(inputFile) + " is too long (expected: at most "
                    + (MAX_FILE_BYTES >> 20) + " MiB, one URL per line)");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "--input-file: " + name(inputFile) + " is no text (expected: UTF-8, one URL per line)", e);
        }
    }
}
