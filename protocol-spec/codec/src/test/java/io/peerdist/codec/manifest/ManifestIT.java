// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.peerdist.conformance.GoldenVector;
import io.peerdist.conformance.Hex;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Makes the golden page again with the openssl of this machine, so that it cannot go stale unnoticed. */
final class ManifestIT {
    private static final Path SCRIPT = Path.of("..", "conformance", "src", "golden", "manifest.sh");
    private static final int SCRIPT_SECONDS = 60;

    @Test
    void agreesWithTheOpensslOfThisMachine(@TempDir Path directory) throws IOException, InterruptedException {
        assumeTrue(hasOpenssl(), "no openssl on the PATH: the kept page is not compared with a new run");
        Path log = directory.resolve("log");

        Process script = new ProcessBuilder("sh", SCRIPT.toString(), directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();

        assertThat(script.waitFor(SCRIPT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(script.exitValue()).as(Files.readString(log)).isZero();
        for (String name : List.of("manifest-page", "manifest-private-key", "manifest-public-key")) {
            byte[] made = Hex.parse(Files.readString(directory.resolve(name + ".hex"), StandardCharsets.US_ASCII));
            assertThat(made).as(name).isEqualTo(GoldenVector.load(name).octets());
        }
    }

    private static boolean hasOpenssl() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Arrays.stream(path.split(File.pathSeparator, -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "openssl")));
    }
}
