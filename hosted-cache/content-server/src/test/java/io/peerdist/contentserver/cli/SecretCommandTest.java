// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SecretKeyFile;
import io.peerdist.contentserver.hashing.ContentSecrets;
import io.peerdist.runtime.cli.CommandLines;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretCommandTest {
    private static final String PASSPHRASE = "Gr\u00fc\u00dfe \ud83d\udd11";

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path key;
    private Path keyFile;
    private Path passphrase;

    @BeforeEach
    void nameFiles() throws IOException {
        key = directory.resolve("key");
        keyFile = directory.resolve("key.bin");
        passphrase = Files.writeString(directory.resolve("passphrase"), PASSPHRASE + "\n");
    }

    @Test
    void generatesAKeyThatNobodyElseHas() throws IOException {
        Path other = directory.resolve("other");

        assertThat(run("generate", "-o", key)).isZero();
        assertThat(run("generate", "-o", other)).isZero();

        assertThat(Files.readAllBytes(key)).hasSize(32).isNotEqualTo(Files.readAllBytes(other));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(out.toString())
                .contains(key + ": secret " + secrets(key).shortId())
                .doesNotContain(HexFormat.of().formatHex(Files.readAllBytes(key)));
    }

    @Test
    void overwritesAKeyOnlyByForce() throws IOException {
        Files.writeString(key, "precious");

        assertThat(run("generate", "-o", key)).isEqualTo(1);
        assertThat(err.toString())
                .contains("exists already")
                .contains("--force")
                .doesNotContain("precious");
        assertThat(key).hasContent("precious");
        assertThat(run("generate", "-o", key, "--force")).isZero();

        assertThat(Files.size(key)).isEqualTo(32);
    }

    @Test
    void makesTheKeyThatWindowsMakesOfAPassphrase() throws IOException {
        assertThat(run("generate", "-o", key, "--from-passphrase", "--passphrase-file", passphrase))
                .isZero();

        assertThat(Files.readAllBytes(key)).isEqualTo(PASSPHRASE.getBytes(StandardCharsets.UTF_16LE));
        assertThat(run("generate", "-o", key, "--passphrase-file", passphrase)).isEqualTo(2);
        assertThat(err.toString()).contains("--from-passphrase");
    }

    @Test
    void importsWhatItExported() throws IOException {
        Path again = directory.resolve("again");
        Files.writeString(key, "any octets, and a line end\n");

        assertThat(run("export", key, "-o", keyFile, "--passphrase-file", passphrase))
                .isZero();
        assertThat(run("import", keyFile, "-o", again, "--passphrase-file", passphrase))
                .isZero();

        assertThat(again).hasSameBinaryContentAs(key);
        assertThat(SecretKeyFile.decode(Files.readAllBytes(keyFile), PASSPHRASE))
                .isEqualTo(SecretKey.of(Files.readAllBytes(key)));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(again)))
                .isEqualTo("rw-------");
        assertThat(out.toString().lines()).hasSize(2).allMatch(line -> line.endsWith(shortIdOf(key)));
    }

    @Test
    void tellsAWrongPassphraseFromADamagedFile() throws IOException {
        run("generate", "-o", key);
        run("export", key, "-o", keyFile, "--passphrase-file", passphrase);
        Path wrong = Files.writeString(directory.resolve("wrong"), "guess");
        byte[] octets = Files.readAllBytes(keyFile);
        octets[0] ^= 1;
        Path damaged = Files.write(directory.resolve("damaged"), octets);
        Path cut = Files.write(directory.resolve("cut"), Arrays.copyOf(octets, octets.length - 1));
        Path result = directory.resolve("result");

        assertThat(run("import", keyFile, "-o", result, "--passphrase-file", wrong))
                .isEqualTo(1);
        assertThat(err.toString()).contains("wrong passphrase or damaged file").doesNotContain("guess");
        assertThat(run("import", damaged, "-o", result, "--passphrase-file", passphrase))
                .isEqualTo(1);
        assertThat(err.toString()).contains("damaged file (the passphrase is right)");
        assertThat(run("import", cut, "-o", result, "--passphrase-file", passphrase))
                .isEqualTo(1);
        assertThat(err.toString()).contains("length " + (octets.length - 1)).doesNotContain(PASSPHRASE);
        assertThat(result).doesNotExist();
    }

    @Test
    void explainsWhatItCannotDo() {
        assertThat(run("import", directory.resolve("absent"), "-o", key, "--passphrase-file", passphrase))
                .isEqualTo(1);
        assertThat(run("import", directory, "-o", key, "--passphrase-file", passphrase))
                .isEqualTo(1);
        assertThat(run("export", directory.resolve("absent"), "-o", keyFile, "--passphrase-file", passphrase))
                .isEqualTo(64);
        assertThat(run("import", keyFile, "--passphrase-file", passphrase)).isEqualTo(2);
        assertThat(run("generate", "-o", directory.resolve("absent/key"))).isEqualTo(1);
        assertThat(run("generate", "-o", key, "--passphrase", PASSPHRASE)).isEqualTo(2);
    }

    @Test
    void saysInTheHelpWhyThePassphraseIsNoOption() {
        run("import", "--help");

        assertThat(out.toString().replaceAll("\\s+", " "))
                .contains("every user of the machine can read command lines (ps)");
    }

    private static ContentSecrets secrets(Path file) throws IOException {
        return ContentSecrets.derive(SecretKey.of(Files.readAllBytes(file)));
    }

    private static String shortIdOf(Path file) {
        try {
            return secrets(file).shortId();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private int run(Object... words) {
        String[] line = Arrays.stream(words).map(Object::toString).toArray(String[]::new);
        return CommandLines.create(new SecretCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(line);
    }
}
