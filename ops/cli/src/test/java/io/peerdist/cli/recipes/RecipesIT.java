// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.peerdist.cli.Peerdist;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@code ops/packaging/examples/check} once, with the commands of this class path: a test for each recipe, skipped with
 * what is to be installed where its program is missing.
 */
final class RecipesIT {
    private static final long LIMIT_MINUTES = 8;
    private static final Path EXAMPLES =
            Path.of("..", "packaging", "examples").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> programsTakeFromTheBranchWhatItHolds() throws Exception {
        List<String> lines = check();

        assertThat(lines).as("lines of the check").hasSameSizeAs(recipes());
        return lines.stream().map(RecipesIT::test);
    }

    private static List<String> recipes() throws IOException {
        try (Stream<Path> entries = Files.list(EXAMPLES)) {
            return entries.filter(Files::isDirectory)
                    .map(entry -> entry.getFileName().toString())
                    .toList();
        }
    }

    /** Lines of the form {@code ok|FAIL|missing RECIPE: ...}; what programs said goes to this JVM's standard error. */
    private List<String> check() throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        ProcessBuilder check = new ProcessBuilder(EXAMPLES.resolve("check").toString())
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        check.environment().put("PEERDIST", command().toString());
        Process process = check.start();
        if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
            // It ends what it started.
            process.destroy();
            process.waitFor();
            throw new AssertionError(
                    "recipes: not over within " + LIMIT_MINUTES + " minutes\n" + Files.readString(output));
        }
        return Files.readAllLines(output);
    }

    private Path command() throws IOException {
        Path command = directory.resolve("peerdist");
        Files.writeString(
                command,
                "#!/bin/sh\nexec '" + Path.of(System.getProperty("java.home"), "bin", "java")
                        + "' -Xmx160m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '"
                        + System.getProperty("java.class.path") + "' " + Peerdist.class.getName() + " \"$@\"\n");
        return Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
    }

    private static DynamicTest test(String line) {
        String recipe = line.replaceFirst("^\\w+ +", "").replaceFirst(":.*", "");
        return DynamicTest.dynamicTest(recipe, () -> {
            if (line.startsWith("missing")) {
                abort(line);
            }
            assertThat(line).startsWith("ok");
        });
    }
}
