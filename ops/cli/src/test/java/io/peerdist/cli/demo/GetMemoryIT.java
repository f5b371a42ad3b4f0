// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a download needs of memory, in a process of its own whose heap holds its window and little more. */
class GetMemoryIT {
    private static final int FILE_BYTES = 64 << 20;
    private static final int VERSION = 2;

    @TempDir
    Path directory;

    @Test
    void aFileTwiceAsLargeAsTheHeapComesFromTheHostedCache() throws Exception {
        try (Branch branch = new Branch(directory)) {
            Path file = branch.file(FILE_BYTES);
            Path target = directory.resolve("fetched");
            branch.fetch("first", VERSION, file, target);

            Path output = directory.resolve("output");
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx28m",
                    "-XX:MaxDirectMemorySize=16m",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "io.peerdist.cli.Peerdist"));
            command.addAll(branch.getArguments("second", VERSION, file, target));
            Process child = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                assertThat(child.waitFor(5, TimeUnit.MINUTES))
                        .as("the child ends")
                        .isTrue();
            } finally {
                child.destroyForcibly();
            }
            assertThat(child.exitValue()).as(Files.readString(output)).isZero();
            assertThat(target).hasSameBinaryContentAs(file);
            Fetch fetched = FetchJson.parse(Files.readAllLines(output).stream()
                    .filter(line -> line.startsWith("{\"url\""))
                    .toList());
            assertThat(fetched.hostedCacheBytes()).isEqualTo(FILE_BYTES);
        }
    }
}
