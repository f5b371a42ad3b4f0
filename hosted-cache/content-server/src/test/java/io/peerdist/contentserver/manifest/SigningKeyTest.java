// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.manifest.ManifestKeys;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SigningKeyTest {
    @TempDir
    private Path directory;

    @Test
    void isMadeOnceForItsOwnerAndItsPublicHalfForEverybody() throws IOException {
        SigningKey made = SigningKey.readOrGenerate(Optional.empty(), directory, new Random(1));
        SigningKey again = SigningKey.readOrGenerate(Optional.empty(), directory, new Random(2));

        assertThat(again.privateKey()).isEqualTo(made.privateKey());
        assertThat(ManifestKeys.publicKeyOf(made.privateKey())).isEqualTo(made.publicKey());
        assertThat(made.publicKeyFile()).isEqualTo(directory.resolve(SigningKey.PUBLIC_FILE));
        assertThat(ManifestKeys.readPublicKey(Files.readString(made.publicKeyFile())))
                .isEqualTo(made.publicKey());
        assertThat(permissions(directory.resolve(SigningKey.GENERATED_FILE))).isEqualTo("rw-------");
        assertThat(permissions(made.publicKeyFile())).isEqualTo("rw-r--r--");
        assertThat(made.toString()).doesNotContain("Private");
    }

    @Test
    void writesThePublicHalfOfTheKeyThatTheUserNames(@TempDir Path elsewhere) throws IOException {
        SigningKey.readOrGenerate(Optional.empty(), elsewhere, new Random(1));
        Path named = elsewhere.resolve(SigningKey.GENERATED_FILE);

        SigningKey.readOrGenerate(Optional.empty(), directory, new Random(2));
        SigningKey key = SigningKey.readOrGenerate(Optional.of(named), directory, new Random(3));

        assertThat(directory.resolve(SigningKey.PUBLIC_FILE))
                .hasSameTextualContentAs(elsewhere.resolve(SigningKey.PUBLIC_FILE));
        assertThat(key.privateKey()).isEqualTo(ManifestKeys.readPrivateKey(Files.readString(named)));
    }

    @Test
    void refusesWhatIsNoKeyAndDoesNotTellIt() throws IOException {
        Path text = Files.writeString(directory.resolve("text"), "precious");

        for (Path file : new Path[] {text, directory.resolve("absent"), directory}) {
            assertThatThrownBy(() -> SigningKey.readOrGenerate(Optional.of(file), directory, new Random(1)))
                    .isInstanceOf(FailureException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageNotContaining("precious");
        }
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
