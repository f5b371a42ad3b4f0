// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.Hex;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as its users start it, and {@code openssl} for the other side of the key file. */
final class SecretCommandIT {
    private static final String PASSPHRASE = "sesame";

    @TempDir
    private Path directory;

    @Test
    void takesThePassphraseFromStandardInput() throws Exception {
        Path key = directory.resolve("key");
        Path file = directory.resolve("file");
        Path again = directory.resolve("again");

        assertThat(secret("", "generate", "-o", key.toString())).startsWith(key + ": secret ");
        secret(PASSPHRASE + "\n", "export", key.toString(), "-o", file.toString(), "--passphrase-file", "-");
        secret(PASSPHRASE, "import", file.toString(), "-o", again.toString(), "--passphrase-file", "-");

        assertThat(again).hasSameBinaryContentAs(key);
    }

    @Test
    void agreesWithOpenSslOnTheKeyFile() throws Exception {
        needs("openssl");
        Path key = Files.write(directory.resolve("key"), Gen.ofSeed(1).bytes(45));
        Path file = directory.resolve("file");
        Path plain = directory.resolve("plain");
        byte[] hashAndKey = concatenated(sha256(Files.readAllBytes(key)), Files.readAllBytes(key));

        secret(PASSPHRASE, "export", key.toString(), "-o", file.toString(), "--passphrase-file", "-");
        run("", openssl("-d", file, plain));
        assertThat(Files.readAllBytes(plain)).isEqualTo(hashAndKey);

        Path theirs = directory.resolve("theirs");
        Path imported = directory.resolve("imported");
        run("", openssl("-e", plain, theirs));
        secret(PASSPHRASE, "import", theirs.toString(), "-o", imported.toString(), "--passphrase-file", "-");
        assertThat(imported).hasSameBinaryContentAs(key);
    }

    private static List<String> openssl(String direction, Path in, Path out) throws Exception {
        String encryptionKey = Hex.of(sha256(PASSPHRASE.getBytes(StandardCharsets.UTF_16LE)));
        return List.of(
                "openssl",
                "enc",
                direction,
                "-aes-256-cbc",
                "-K",
                encryptionKey,
                "-iv",
                "00".repeat(16),
                "-in",
                in.toString(),
                "-out",
                out.toString());
    }

    private static byte[] sha256(byte[] octets) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(octets);
    }

    private static byte[] concatenated(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static void needs(String tool) {
        Assumptions.assumeTrue(
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool))),
                "no " + tool + " on the PATH: agreement with it not checked");
    }

    private String secret(String input, String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SecretMain.class.getName()));
        line.addAll(List.of(words));
        return run(input, line);
    }

    private String run(String input, List<String> line) throws Exception {
        Path standardInput = Files.writeString(Files.createTempFile(directory, "input", ""), input);
        Process process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectInput(standardInput.toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
