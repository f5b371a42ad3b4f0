// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole path with the real programs: what an administrator relies on first. */
class FirstLightIT {
    /** Around the sizes of blocks and segments of both versions. */
    private static final List<Integer> SIZES = List.of(0, 1, 65_535, 65_536, 65_537, 131_073, 33_554_432, 33_554_433);

    private static final int LARGEST_BLOCK_BYTES = 131_072;

    @TempDir
    static Path directory;

    private static Branch branch;

    @BeforeAll
    static void openBranch() throws Exception {
        branch = new Branch(directory);
    }

    @AfterAll
    static void closeBranch() {
        branch.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void everySizeComesThroughAndTheSecondAgentTakesNothingFromTheOrigin(int version) throws Exception {
        for (int size : SIZES) {
            Path file = branch.file(size);
            Path target = directory.resolve("fetched-" + version);

            branch.fetch("first-" + version, version, file, target);
            assertThat(target).as(size + " octets by the first agent").hasSameBinaryContentAs(file);

            Fetch second = branch.fetch("second-" + version, version, file, target);
            assertThat(target).as(size + " octets by the second agent").hasSameBinaryContentAs(file);
            assertThat(second.originBytes())
                    .as(size + " octets, from the origin")
                    .isZero();
            assertThat(second.hostedCacheBytes())
                    .as(size + " octets, from the hosted cache")
                    .isEqualTo(size);
        }
    }

    @Test
    void curlGetsEverySize() throws Exception {
        if (!runs("curl", "--version")) {
            abort("curl is not installed (apt-get install -y curl): what a plain client gets is not checked here");
        }
        for (int size : SIZES) {
            Path file = branch.file(size);
            Path target = directory.resolve("curled");
            assertThat(runs(
                            "curl",
                            "-sSf",
                            "-o",
                            target.toString(),
                            branch.urlOf(file).toString()))
                    .isTrue();
            assertThat(target).hasSameBinaryContentAs(file);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void hostedCacheThatWasKilledServesEverythingAfterItsStart(int version) throws Exception {
        int size = 5_000_000 + version;
        Path file = branch.file(size);
        Path target = directory.resolve("after-kill");
        branch.fetch("before-kill-" + version, version, file, target);

        branch.killHostedCache();
        branch.restartHostedCache();

        Fetch fetch = branch.fetch("after-kill-" + version, version, file, target);
        assertThat(target).hasSameBinaryContentAs(file);
        assertThat(fetch.hostedCacheBytes()).isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void flippedOctetInTheBlockLogCostsOneBlockFromTheOrigin(int version) throws Exception {
        int size = 3_000_000 + version;
        Path file = branch.file(size);
        Path target = directory.resolve("after-flip");
        branch.fetch("before-flip-" + version, version, file, target);

        branch.stopHostedCache();
        flipOctetOfLastBlocks();
        branch.restartHostedCache();

        Fetch fetch = branch.fetch("after-flip-" + version, version, file, target);
        assertThat(target).hasSameBinaryContentAs(file);
        assertThat(fetch.originBytes()).isBetween(1L, (long) LARGEST_BLOCK_BYTES);
        assertThat(fetch.hostedCacheBytes()).isEqualTo(size - fetch.originBytes());

        Fetch healed = branch.fetch("after-healing-" + version, version, file, target);
        assertThat(healed.hostedCacheBytes())
                .as("the agent's offer brought the block back")
                .isEqualTo(size);
    }

    /** Flips a bit well inside what was written last, which is the file fetched last. */
    private static void flipOctetOfLastBlocks() throws IOException {
        Path extent;
        try (Stream<Path> files = Files.walk(branch.hostedCacheData())) {
            extent = files.filter(file -> file.toString().endsWith(".extent"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
        try (FileChannel channel = FileChannel.open(extent, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(channel.size()));
            channel.read(content, 0);
            int end = content.limit();
            while (content.get(end - 1) == 0) {
                end--;
            }
            int position = end - 1_000_000;
            ByteBuffer flipped = ByteBuffer.wrap(new byte[] {(byte) (content.get(position) ^ 0x10)});
            channel.write(flipped, position);
        }
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
