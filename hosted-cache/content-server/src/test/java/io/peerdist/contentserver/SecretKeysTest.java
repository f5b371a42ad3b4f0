// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretKeysTest {
    @TempDir
    private Path directory;

    @Test
    void takesEveryOctetOfTheFile() throws IOException {
        Path file = directory.resolve("key");
        Files.writeString(file, "two lines\n\n");

        assertThat(SecretKeys.read(file)).isEqualTo(SecretKey.of(Files.readAllBytes(file)));
    }

    @Test
    void makesAKeyOnceThatOnlyItsOwnerReads() throws IOException {
        SecretKey made = SecretKeys.readOrGenerate(directory, new Random(1));
        SecretKey again = SecretKeys.readOrGenerate(directory, new Random(2));

        assertThat(made.length()).isEqualTo(32);
        assertThat(again).isEqualTo(made);
        Path file = directory.resolve(SecretKeys.GENERATED_FILE);
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void refusesFilesThatAreNoKey() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty"));
        Path large = Files.write(directory.resolve("large"), new byte[SecretKey.MAX_BYTES + 1]);

        for (Path file : new Path[] {empty, large, directory.resolve("absent"), directory}) {
            assertThatThrownBy(() -> SecretKeys.read(file))
                    .isInstanceOf(FailureException.class)
                    .hasMessageContaining(file.toString())
                    .extracting(failure -> ((FailureException) failure).exitCode())
                    .isEqualTo(ExitCode.CONFIGURATION);
        }
    }
}
