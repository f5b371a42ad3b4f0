// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What is known about the bytes in a partial file, kept beside it while the download runs. Blocks are not listed: on
 * resuming, each is verified anew.
 *
 * @param url where the bytes come from
 * @param validator the version of the file they belong to, an entity tag or a date, or empty
 * @param sequential whether the bytes were written from the start without gaps, so that the length of the partial file
 *     says how far they reach
 */
record ResumeJournal(String url, String validator, boolean sequential) {
    private static final int MAX_FILE_BYTES = 65_536;

    /** Reads a journal; null when there is none or it cannot be understood. */
    static @Nullable ResumeJournal read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            if (Files.size(file) > MAX_FILE_BYTES) {
                return null;
            }
            properties.load(reader);
        } catch (NoSuchFileException | java.nio.charset.CharacterCodingException | IllegalArgumentException e) {
            return null;
        }
        String url = properties.getProperty("url");
        String validator = properties.getProperty("validator");
        if (url == null || validator == null) {
            return null;
        }
        return new ResumeJournal(url, validator, Boolean.parseBoolean(properties.getProperty("sequential")));
    }

    void write(Path file) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("url", url);
        properties.setProperty("validator", validator);
        properties.setProperty("sequential", Boolean.toString(sequential));
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, "An interrupted download; repeat the command to resume it.");
        }
    }
}
