// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells when files have been replaced or written, by their times, sizes and identities; symbolic links are followed, as
 * certificate tools and container platforms replace links rather than files. Two looks in a row must agree, so that a file
 * that is being written, or the first of two that are being replaced, causes nothing yet. Not thread-safe.
 */
final class WatchedFiles {
    private final List<Path> files;
    private List<String> settled;
    private List<String> lastSeen;

    WatchedFiles(List<Path> files) {
        this.files = List.copyOf(files);
        this.settled = look();
        this.lastSeen = settled;
    }

    /** Whether they have changed since this was last true, and no more since the look before. */
    boolean haveChanged() {
        List<String> seen = look();
        boolean quiet = seen.equals(lastSeen);
        lastSeen = seen;
        if (!quiet || seen.equals(settled)) {
            return false;
        }
        settled = seen;
        return true;
    }

    private List<String> look() {
        List<String> stamps = new ArrayList<>();
        for (Path file : files) {
            stamps.add(stamp(file));
        }
        return stamps;
    }

    private static String stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
        } catch (IOException e) {
            // Not there is a state too; loading says what is wrong with it.
            return "unreadable: " + e.getClass().getName();
        }
    }
}
