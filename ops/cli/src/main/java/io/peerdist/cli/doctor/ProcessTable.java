// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The processes of this machine, as {@code /proc} has them; of other users' only root sees what they have open. */
final class ProcessTable {
    private static final String MAIN_CLASS = "io.peerdist.cli.Peerdist";
    private static final int MAX_NAME_CHARS = 60;

    private final Path proc;

    ProcessTable(Path proc) {
        this.proc = proc;
    }

    /**
     * A process.
     *
     * @param arguments with the program first
     */
    record Owner(long pid, List<String> arguments) {
        /** Whether it is a daemon of ours of this kind, {@code agent} or {@code hosted-cache}. */
        boolean runs(String daemon) {
            int main = main();
            return main >= 0
                    && main + 1 < arguments.size()
                    && arguments.get(main + 1).equals(daemon);
        }

        private int main() {
            return arguments.indexOf(MAIN_CLASS);
        }

        /** {@code nginx (pid 12)}. */
        String label() {
            int main = main();
            String name;
            if (main >= 0) {
                name = "peerdist "
                        + String.join(" ", arguments.subList(main + 1, Math.min(main + 3, arguments.size())));
            } else if (arguments.isEmpty()) {
                name = "a program";
            } else {
                name = arguments.get(0).replaceFirst("^/\\S*/", "");
            }
            return (name.length() > MAX_NAME_CHARS ? name.substring(0, MAX_NAME_CHARS) : name) + " (pid " + pid + ")";
        }
    }

    /** Who has this socket open; empty when it cannot be seen. */
    Optional<Owner> owner(long socketInode) throws IOException {
        String wanted = "socket:[" + socketInode + "]";
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (hasOpen(process, wanted)) {
                    return Optional.of(
                            new Owner(Long.parseLong(process.getFileName().toString()), arguments(process)));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean hasOpen(Path process, String wanted) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (Files.isSymbolicLink(file)
                        && Files.readSymbolicLink(file).toString().equals(wanted)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | DirectoryIteratorException goneOrAnotherUsers) {
            return false;
        }
    }

    private static List<String> arguments(Path process) {
        try {
            String line = Files.readString(process.resolve("cmdline"), StandardCharsets.UTF_8);
            return Arrays.stream(line.split("\0", -1))
                    .filter(word -> !word.isEmpty())
                    .toList();
        } catch (IOException gone) {
            return List.of();
        }
    }
}
