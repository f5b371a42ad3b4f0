// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tests of {@code ops/benchmarks/run} are Python's, as it is; here they are part of the build. */
class RunnerTest {
    private static final String INTERPRETER = "python3";

    @TempDir
    Path directory;

    @Test
    void passesItsOwnTests() throws IOException, InterruptedException {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(Pattern.quote(":")))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, INTERPRETER))),
                INTERPRETER + " is not installed, so ops/benchmarks/run is not tested: apt-get install -y python3");
        Path output = directory.resolve("output");

        Process process = new ProcessBuilder(
                        List.of(INTERPRETER, "-B", "-m", "unittest", "discover", "-s", "tests", "-t", "."))
                .directory(Path.of("").toAbsolutePath().toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        assertThat(process.waitFor()).as(() -> text(output)).isZero();
        assertThat(text(output)).containsPattern("Ran [1-9]\\d+ tests");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
