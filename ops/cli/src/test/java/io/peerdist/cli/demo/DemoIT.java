// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.cli.Peerdist;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DemoIT {
    @TempDir
    Path directory;

    @Test
    void fetchesEveryFileOfADirectoryTwiceAndLeavesNothingBehind() throws Exception {
        byte[] content = new byte[300_000];
        new Random(1).nextBytes(content);
        Files.write(directory.resolve("one with blanks & an umlaut \u00fc.bin"), content);
        Files.write(Files.createDirectory(directory.resolve("below")).resolve("two"), new byte[70_000]);
        long before = workspaces();

        StringWriter output = new StringWriter();
        CommandLine command = Peerdist.commandLine();
        command.setOut(new PrintWriter(output));
        assertThat(command.execute("demo", directory.toString())).isZero();

        assertThat(output.toString()).contains("from the hosted cache", "saved");
        assertThat(workspaces()).isEqualTo(before);
    }

    @Test
    void refusesAFileThatIsNotThere() {
        StringWriter errors = new StringWriter();
        CommandLine command = Peerdist.commandLine();
        command.setErr(new PrintWriter(errors));
        assertThat(command.execute("demo", directory.resolve("absent").toString()))
                .isEqualTo(2);
        assertThat(errors.toString()).contains("absent is not there");
    }

    private static long workspaces() throws Exception {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("peerdist-demo-"))
                    .count();
        }
    }
}
