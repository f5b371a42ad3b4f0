// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.GoldenVector;
import io.peerdist.conformance.Hex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Asks the {@code openssl} command, now, for what the codec computes. Aborted with a message where there is none. */
final class OpenSslAgreementIT {
    private static final Path SCRIPT = Path.of("..", "conformance", "src", "golden", "pccrc.sh");
    private static final Map<HashAlgorithm, String> DIGESTS = Map.of(
            HashAlgorithm.SHA_256, "-sha256",
            HashAlgorithm.SHA_384, "-sha384",
            HashAlgorithm.SHA_512, "-sha512",
            HashAlgorithm.TRUNCATED_SHA_512, "-sha512");

    @TempDir
    private Path folder;

    @BeforeAll
    static void needsTheTools() {
        for (String tool : List.of("openssl", "xxd")) {
            Assumptions.assumeTrue(
                    Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                            .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool))),
                    "no " + tool + " on the PATH: agreement with openssl not checked");
        }
    }

    @Test
    void renewsTheCommittedGoldenVectors() throws Exception {
        Path golden = Files.createDirectory(folder.resolve("golden"));
        run(new byte[0], List.of("sh", SCRIPT.toString(), golden.toString()));

        List<String> names;
        try (Stream<Path> files = Files.list(golden)) {
            names = files.map(file -> file.getFileName().toString().replace(".hex", ""))
                    .toList();
        }
        assertThat(names)
                .hasSize(19)
                .allSatisfy(name -> assertThat(GoldenVector.load(name).octets())
                        .as(name)
                        .isEqualTo(Hex.parse(Files.readString(golden.resolve(name + ".hex")))));
    }

    @ParameterizedTest
    @EnumSource
    void derivesSecretsAndIds(HashAlgorithm hashAlgorithm) throws Exception {
        Gen gen = Gen.ofSeed(2);
        byte[] key = gen.bytes(77);
        HashOfData hashOfData = HashOfData.of(gen.bytes(hashAlgorithm.digestBytes()));
        ServerSecret ks = ServerSecret.derive(hashAlgorithm, SecretKey.of(key));
        SegmentSecret kp = SegmentSecret.derive(hashAlgorithm, ks, hashOfData);
        SegmentId id = SegmentId.derive(hashAlgorithm, kp, hashOfData);

        assertThat(Hex.of(ks.toByteArray())).isEqualTo(digest(hashAlgorithm, key));
        assertThat(Hex.of(kp.toByteArray())).isEqualTo(hmac(hashAlgorithm, ks.toByteArray(), hashOfData.toByteArray()));
        byte[] label = "MS_P2P_CACHING\0".getBytes(StandardCharsets.UTF_16LE);
        byte[] labelled = Hex.parse(hashOfData + Hex.of(label));
        assertThat(id.toString()).isEqualTo(hmac(hashAlgorithm, kp.toByteArray(), labelled));
    }

    @Test
    void readsKeyFilesThatOpenSslEncryptedAndTheOtherWayRound() throws Exception {
        byte[] key = Gen.ofSeed(3).bytes(100);
        String passphrase = "p\u00e4ss \ud83d\udd11";
        String encryptionKey = digest(HashAlgorithm.SHA_256, passphrase.getBytes(StandardCharsets.UTF_16LE));
        byte[] plaintext = Hex.parse(digest(HashAlgorithm.SHA_256, key) + Hex.of(key));

        byte[] file = run(plaintext, enc("-e", encryptionKey));
        assertThat(SecretKeyFile.decode(file, passphrase)).isEqualTo(SecretKey.of(key));
        byte[] ours = SecretKeyFile.encode(SecretKey.of(key), passphrase);
        assertThat(run(ours, enc("-d", encryptionKey))).isEqualTo(plaintext);
    }

    private static List<String> enc(String direction, String encryptionKey) {
        return List.of("openssl", "enc", direction, "-aes-256-cbc", "-K", encryptionKey, "-iv", "00".repeat(16));
    }

    private String digest(HashAlgorithm hashAlgorithm, byte[] input) throws Exception {
        return cut(hashAlgorithm, run(input, List.of("openssl", "dgst", DIGESTS.get(hashAlgorithm), "-binary")));
    }

    private String hmac(HashAlgorithm hashAlgorithm, byte[] key, byte[] input) throws Exception {
        return cut(
                hashAlgorithm,
                run(
                        input,
                        List.of(
                                "openssl",
                                "dgst",
                                DIGESTS.get(hashAlgorithm),
                                "-mac",
                                "HMAC",
                                "-macopt",
                                "hexkey:" + Hex.of(key),
                                "-binary")));
    }

    private static String cut(HashAlgorithm hashAlgorithm, byte[] digest) {
        return Hex.of(digest).substring(0, 2 * hashAlgorithm.digestBytes());
    }

    private byte[] run(byte[] input, List<String> command) throws IOException, InterruptedException {
        Path stdin = Files.write(Files.createTempFile(folder, "input", ""), input);
        Path stdout = Files.createTempFile(folder, "output", "");
        Process process = new ProcessBuilder(new ArrayList<>(command))
                .redirectInput(stdin.toFile())
                .redirectOutput(stdout.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(command.toString()).isTrue();
        assertThat(process.exitValue()).as(command.toString()).isZero();
        return Files.readAllBytes(stdout);
    }
}
