// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.runtime.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitsCheckTest {
    @TempDir
    Path root;

    @BeforeEach
    void recordAMachine() throws IOException {
        Files.createDirectories(root.resolve("proc/self"));
        Files.createDirectories(root.resolve("cgroup/system.slice/peerdist-agent.service"));
        files("1024", "1048576");
        memory(8_000_000);
    }

    @Test
    void countsTheHardLimit() throws IOException {
        assertThat(check(5_000)).extracting(Finding::level).containsExactly(Level.OK, Level.OK);
        assertThat(check(5_000).get(0).seen()).isEqualTo("1048576 open files are allowed, 5000 may be needed");

        files("1024", "4096");
        assertThat(check(5_000).get(0)).satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.HINT);
            assertThat(finding.advice()).contains("LimitNOFILE=65536");
        });
        files("1024", "unlimited");
        assertThat(check(5_000).get(0).level()).isEqualTo(Level.OK);
    }

    @Test
    void findsAMachineShortOfMemory() throws IOException {
        memory(200_000);

        assertThat(check(1).get(1)).satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.HINT);
            assertThat(finding.seen()).isEqualTo("195.3 MiB of memory are available; a daemon needs 384.0 MiB");
        });
    }

    @Test
    void findsTheSmallestLimitOfTheGroupsAround() throws IOException {
        Files.writeString(root.resolve("proc/self/cgroup"), "0::/system.slice/peerdist-agent.service\n");
        Files.writeString(root.resolve("cgroup/system.slice/peerdist-agent.service/memory.max"), "max\n");
        assertThat(check(1).get(1).level()).isEqualTo(Level.OK);

        Files.writeString(root.resolve("cgroup/system.slice/memory.max"), (256L << 20) + "\n");
        assertThat(check(1).get(1)).satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.HINT);
            assertThat(finding.seen()).contains("and 256.0 MiB allowed to this group of processes");
        });
    }

    @Test
    void saysWhatTheKernelDoesNotTell() throws IOException {
        Files.delete(root.resolve("proc/self/limits"));
        Files.delete(root.resolve("proc/meminfo"));

        assertThat(check(1)).extracting(Finding::level).containsExactly(Level.SKIPPED, Level.SKIPPED);
    }

    private void files(String soft, String hard) throws IOException {
        Files.writeString(
                root.resolve("proc/self/limits"),
                "Limit                     Soft Limit           Hard Limit           Units     \n"
                        + "Max processes             95000                95000                processes \n"
                        + "Max open files            " + soft + "                 " + hard
                        + "              files     \n");
    }

    private void memory(long kilobytes) throws IOException {
        Files.writeString(
                root.resolve("proc/meminfo"),
                "MemTotal:       16000000 kB\nMemFree:          100000 kB\nMemAvailable:    " + kilobytes + " kB\n");
    }

    private List<Finding> check(long files) throws IOException {
        Machine machine = new Machine(
                Clock.system(),
                root.resolve("proc"),
                root.resolve("cgroup"),
                command -> new Commands.Output(Commands.End.ABSENT, ""));
        return new LimitsCheck("agent", files, machine).run();
    }
}
