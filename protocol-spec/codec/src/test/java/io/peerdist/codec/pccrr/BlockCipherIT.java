// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Makes the vectors again with the openssl of this machine, so that they cannot go stale unnoticed. */
final class BlockCipherIT {
    private static final Path SCRIPT = Path.of("..", "conformance", "src", "golden", "block-cipher.sh");
    private static final int SCRIPT_SECONDS = 60;

    @Test
    void agreesWithTheOpensslOfThisMachine(@TempDir Path directory) throws IOException, InterruptedException {
        assumeTrue(hasOpenssl(), "no openssl on the PATH: the kept vectors are not compared with a new run");
        Path log = directory.resolve("log");

        Process script = new ProcessBuilder("sh", SCRIPT.toString(), directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();

        assertThat(script.waitFor(SCRIPT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(script.exitValue()).as(Files.readString(log)).isZero();
        for (CryptoAlgorithm algorithm :
                new CryptoAlgorithm[] {CryptoAlgorithm.AES_128, CryptoAlgorithm.AES_192, CryptoAlgorithm.AES_256}) {
            String name = BlockCipherVectors.name(algorithm);
            byte[] made = Hex.parse(Files.readString(directory.resolve(name + ".hex"), StandardCharsets.US_ASCII));
            assertThat(made)
                    .isEqualTo(GoldenVector.load(name).octets())
                    .isEqualTo(BlockCipherVectors.octets(algorithm));
        }
    }

    private static boolean hasOpenssl() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Arrays.stream(path.split(File.pathSeparator, -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "openssl")));
    }
}
