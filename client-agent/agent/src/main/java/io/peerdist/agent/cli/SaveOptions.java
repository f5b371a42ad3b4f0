// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.agent.download.DownloadRequest;
import io.peerdist.agent.download.OutputProblem;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where downloads are put. */
final class SaveOptions {
    private static final String STANDARD_OUTPUT = "-";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to put it; - means standard output. For one URL. Default: the last part of the URL's"
                    + " path.")
    private @Nullable String output;

    @Option(
            names = {"-O", "--remote-name"},
            description = "Name each file after the last part of its URL's path, as is done without -o anyway.")
    private boolean[] remoteName = {};

    @Option(
            names = {"-P", "--directory"},
            paramLabel = "DIR",
            description = "The directory to put files into, made if missing. Default: the current one.")
    private @Nullable Path directory;

    /** Whether the bytes of the download go to standard output. */
    boolean toStandardOutput() {
        return STANDARD_OUTPUT.equals(output);
    }

    /**
     * Where each of {@code urls} goes, in their order. Throws {@link IllegalArgumentException} with a sentence for the user
     * when that cannot be said, or is not a file for each.
     */
    List<DownloadRequest.Destination> destinations(List<ListedUrl> urls, Supplier<OutputStream> standardOutput) {
        if (output == null) {
            return names(urls);
        }
        if (remoteName.length > 0) {
            throw new IllegalArgumentException("-O: given together with -o " + output + " (expected: one of them)");
        }
        if (urls.size() > 1) {
            throw new IllegalArgumentException("-o: given with " + urls.size()
                    + " URLs (expected: one URL; -P DIR puts several into a directory)");
        }
        if (!toStandardOutput()) {
            return List.of(new DownloadRequest.ToFile(inDirectory(output)));
        }
        if (directory != null) {
            throw new IllegalArgumentException("-P: given together with -o - (expected: one of them)");
        }
        return List.of(new DownloadRequest.ToStream(new BufferedOutputStream(standardOutput.get())));
    }

    private List<DownloadRequest.Destination> names(List<ListedUrl> urls) {
        List<DownloadRequest.Destination> files = new ArrayList<>(urls.size());
        Map<Path, URI> taken = new HashMap<>();
        for (ListedUrl listed : urls) {
            String name = DownloadTarget.nameOf(listed.url());
            if (name == null) {
                throw new IllegalArgumentException(
                        listed.place() + ": " + listed.url() + " names no file; give one with -o FILE");
            }
            Path file = inDirectory(name);
            URI other = taken.put(identity(file), listed.url());
            if (other != null) {
                throw new IllegalArgumentException(listed.place() + ": " + listed.url() + " would be written to " + file
                        + ", and so would " + other + " (expected: a file for each; use -o FILE or -P DIR)");
            }
            files.add(new DownloadRequest.ToFile(file));
        }
        return files;
    }

    private Path inDirectory(String name) {
        return directory == null ? Path.of(name) : directory.resolve(name);
    }

    /** The file that is written: links lead to where they lead. */
    private static Path identity(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            // Not there yet, as is usual; what else may be wrong with it comes out when it is written.
            return file.toAbsolutePath().normalize();
        }
    }

    /**
     * Makes the directory.
     *
     * @throws FailureException when that fails
     */
    void makeDirectory() {
        if (directory == null || Files.isDirectory(directory)) {
            return;
        }
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new FailureException(
                    ExitCode.CANNOT_WRITE,
                    "cannot make the directory " + directory + ": " + OutputProblem.describe(e),
                    e);
        }
    }
}
