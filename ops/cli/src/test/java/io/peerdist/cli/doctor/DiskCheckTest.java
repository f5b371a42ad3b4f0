// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.runtime.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskCheckTest {
    private static final Commands NO_COMMANDS = command -> new Commands.Output(Commands.End.ABSENT, "");

    @TempDir
    Path directory;

    @Test
    void isContentWithADirectoryThatIsLargeEnough() throws Exception {
        assertThat(check(directory, 1 << 20, NO_COMMANDS))
                .filteredOn(finding -> finding.level() == Level.OK)
                .extracting(Finding::seen)
                .anyMatch(seen -> seen.contains("are safe after"))
                .anyMatch(seen -> seen.contains("cache-size 1.0 MiB"));
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).as("what the check wrote").isEmpty();
        }
    }

    @Test
    void looksAtTheDirectoryThatItWouldBeMadeIn() throws Exception {
        assertThat(check(directory.resolve("a/b"), 1 << 20, NO_COMMANDS))
                .anyMatch(finding -> finding.seen().endsWith("a/b is not there yet and can be made"));
        assertThat(directory.resolve("a")).doesNotExist();
    }

    @Test
    void findsAFileInItsPlace() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertThat(check(file.resolve("store"), 1 << 20, NO_COMMANDS))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.PROBLEM);
                    assertThat(finding.seen()).isEqualTo(file + " is no directory");
                });
    }

    @Test
    void findsADiskTooSmallAndCountsWhatIsThere() throws Exception {
        Files.write(directory.resolve("extent"), new byte[3 << 20]);

        assertThat(check(directory, 1L << 50, NO_COMMANDS))
                .filteredOn(finding -> finding.level() == Level.PROBLEM)
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.seen())
                            .startsWith("too small: ")
                            .contains("cache-size 1.0 PiB, of which 3.0 MiB are there");
                    assertThat(finding.advice()).contains("Set cache-size to at most");
                });
    }

    @Test
    void findsADiskThatIsSlowToForce() throws Exception {
        AtomicLong now = new AtomicLong();
        List<Finding> findings =
                run(directory, 1 << 20, NO_COMMANDS, () -> now.getAndAdd(TimeUnit.MILLISECONDS.toNanos(250)));

        assertThat(findings)
                .filteredOn(finding -> finding.level() == Level.HINT)
                .extracting(Finding::seen)
                .anyMatch(seen -> seen.contains("250.0 ms at most, which is slow"));
    }

    @Test
    void findsThatFewMoreFilesCanBeMade() throws Exception {
        assertThat(check(directory, 1 << 20, command -> new Commands.Output(Commands.End.DONE, " IFree\n   120\n")))
                .anyMatch(finding -> finding.seen().equals("only 120 more files can be made there"));
        assertThat(check(directory, 1 << 20, command -> new Commands.Output(Commands.End.DONE, "IFree\n    0\n")))
                .as("a file system without inodes")
                .noneMatch(finding -> finding.seen().contains("more files"));
    }

    private static List<Finding> check(Path directory, long bytes, Commands commands)
            throws IOException, InterruptedException {
        return run(directory, bytes, commands, Clock.system()::nanoTime);
    }

    private static List<Finding> run(Path directory, long bytes, Commands commands, LongSupplier nanoTime)
            throws IOException, InterruptedException {
        return new DiskCheck("agent", directory, bytes, commands, nanoTime).run();
    }
}
