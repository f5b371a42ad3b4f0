// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.conformance.Gen;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A block store whose process is killed at any moment, over and over; {@code -Dpeerdist.kills=N} times in each test. */
class BlockStoreCrashIT {
    private static final int KILLS = Integer.getInteger("peerdist.kills", 8);
    private static final int MAX_LINES_BEFORE_KILL = 150;
    private static final int EXIT_SECONDS = 20;

    private final Gen gen = Gen.ofSeed(Long.getLong("seed", new SecureRandom().nextLong()));
    private final TreeSet<Long> put = new TreeSet<>();
    private final Set<Long> removed = new TreeSet<>();

    @TempDir
    private Path directory;

    private Process start(long maxBytes, long extentBytes, long firstNumber) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingWriter.class.getName(),
                store().toString(),
                Long.toString(maxBytes),
                Long.toString(extentBytes),
                Long.toString(firstNumber));
        builder.redirectError(directory.resolve("stderr").toFile());
        return builder.start();
    }

    /** SIGKILL; unlike {@link Process#destroyForcibly} it leaves what the process has written to be read. */
    private static void kill(Process process) {
        assertThat(process.toHandle().destroyForcibly()).isTrue();
    }

    private Path store() {
        return directory.resolve("store");
    }

    /** Lets the writer report {@code lines} times, kills it, and notes all it has reported. */
    private void writeAndKill(Process writer, int lines) throws IOException, InterruptedException {
        List<String> reports = new ArrayList<>();
        try (BufferedReader out = writer.inputReader(StandardCharsets.US_ASCII)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                reports.add(line);
                if (reports.size() == lines) {
                    kill(writer);
                }
            }
        }
        assertThat(writer.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(reports).as("seed %s, see %s/stderr", gen.seed(), directory).hasSizeGreaterThanOrEqualTo(lines);
        for (String report : reports) {
            if (report.matches("put [0-9]+")) {
                put.add(Long.parseLong(report.substring(4)));
            } else if (report.matches("removed [0-9]+")) {
                removed.add(Long.parseLong(report.substring(8)));
            } else {
                // A line that the kill cut short says nothing; a rejection would.
                assertThat(report).doesNotStartWith("rejected");
            }
        }
    }

    private long nextNumber() {
        return put.isEmpty() ? 1 : put.last() + 2;
    }

    /** Removal may have been under way for this one when the kill came. */
    private boolean mayBeRemoved(long number) {
        return (number + CrashingWriter.REMOVED_BEFORE) % CrashingWriter.REMOVE_EVERY == 0;
    }

    @Test
    void losesNothingThatWasReported() throws IOException, InterruptedException {
        StoreDirectoryFixture fixture = new StoreDirectoryFixture(store());
        fixture.change(StoreDirectoryFixture.settings(store(), 256 << 20, 4 << 20));
        for (int kill = 0; kill < KILLS; kill++) {
            Process writer = start(256 << 20, 4 << 20, nextNumber());
            writeAndKill(writer, gen.intBetween(1, MAX_LINES_BEFORE_KILL));
            if (kill == KILLS - 1) {
                // The last time, the catalogue goes as well.
                fixture.deleteCatalogue();
            }
            try (BlockStore store = fixture.open()) {
                assertHolds(store);
            }
        }
    }

    private void assertHolds(BlockStore store) {
        for (long number : put) {
            TestSegment segment = CrashingWriter.segment(number);
            for (int index = 0; index < segment.blockCount(); index++) {
                boolean readable = segment.isReadable(store, index);
                if (removed.contains(number)) {
                    assertThat(readable)
                            .as("seed %s, removed %s", gen.seed(), number)
                            .isFalse();
                } else if (!mayBeRemoved(number)) {
                    assertThat(readable)
                            .as("seed %s, put %s block %s", gen.seed(), number, index)
                            .isTrue();
                }
            }
        }
        assertConsistent(store);
    }

    /** Every block in the catalogue can be read, and the counts are right. */
    private static void assertConsistent(BlockStore store) {
        VerificationProgress verified = store.verifyAll(progress -> true);
        assertThat(verified.damagedBlocks()).isZero();
        assertThat(store.statistics().blocks()).isEqualTo(verified.blocks());
        assertThat(store.statistics().segments()).isEqualTo(verified.segments());
    }

    @Test
    void staysWithinTheLimitAndRightWhenKilledDuringEvictions() throws IOException, InterruptedException {
        StoreDirectoryFixture fixture = new StoreDirectoryFixture(store());
        fixture.change(StoreDirectoryFixture.settings(store(), 4 << 20, 1 << 19));
        for (int kill = 0; kill < KILLS; kill++) {
            Process writer = start(4 << 20, 1 << 19, nextNumber());
            writeAndKill(writer, gen.intBetween(1, 4 * MAX_LINES_BEFORE_KILL));
            assertThat(fixture.diskBytes()).isLessThanOrEqualTo(4 << 20);
            try (BlockStore store = fixture.open()) {
                long newest = put.last();
                if (!mayBeRemoved(newest)) {
                    TestSegment segment = CrashingWriter.segment(newest);
                    assertThat(segment.isReadable(store, segment.blockCount() - 1))
                            .isTrue();
                }
                for (long number : put) {
                    TestSegment segment = CrashingWriter.segment(number);
                    for (int index = 0; index < segment.blockCount(); index++) {
                        // A removal that was cut short has marked the records first: such blocks go for damage.
                        segment.isReadable(store, index);
                    }
                }
                assertConsistent(store);
            }
        }
    }

    @Test
    void refusesADirectoryThatAnotherProcessUses() throws IOException, InterruptedException {
        Process writer = start(256 << 20, 4 << 20, 1);
        try (BufferedReader out = writer.inputReader(StandardCharsets.US_ASCII)) {
            assertThat(out.readLine()).isEqualTo("put 1");
            StoreDirectoryFixture fixture = new StoreDirectoryFixture(store());
            assertThatThrownBy(fixture::open).isInstanceOfSatisfying(BlockStoreException.class, e -> {
                assertThat(e.kind()).isEqualTo(BlockStoreException.Kind.LOCKED);
                assertThat(e).hasMessageContaining(store().toString());
            });
            kill(writer);
            assertThat(writer.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            fixture.open().close();
        }
    }
}
