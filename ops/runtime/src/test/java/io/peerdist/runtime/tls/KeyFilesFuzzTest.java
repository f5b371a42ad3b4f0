// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.conformance.BoundedDecoding;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.MethodSource;

/** Any file is read as PEM with a private key, or refused with what is wrong in it. */
final class KeyFilesFuzzTest {
    /** The first key of an algorithm loads its provider. */
    private static final BoundedDecoding DECODING = new BoundedDecoding(FailureException.class, 1 << 20, 256).ofText();

    private static final String[] LABELS = {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"};

    private static Path directory;

    static Stream<byte[]> seeds() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        byte[] ec = generator.generateKeyPair().getPrivate().getEncoded();
        byte[] ed = KeyPairGenerator.getInstance("Ed25519")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        return Stream.of(
                ec,
                ed,
                PrivateKeys.pem(LABELS[0], ec).getBytes(StandardCharsets.US_ASCII),
                ("text\n" + PrivateKeys.pem("CERTIFICATE", ec) + PrivateKeys.pem(LABELS[2], ed))
                        .getBytes(StandardCharsets.US_ASCII),
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"
                        .getBytes(StandardCharsets.US_ASCII));
    }

    @BeforeAll
    static void makeDirectory() throws IOException {
        directory = Files.createTempDirectory("key-files-fuzz");
    }

    @AfterAll
    static void deleteDirectory() throws IOException {
        Files.deleteIfExists(directory.resolve("key.pem"));
        Files.delete(directory);
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrRefuses(byte[] input) throws IOException {
        read(input);
        for (String label : LABELS) {
            read(PrivateKeys.pem(label, input).getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static void read(byte[] octets) throws IOException {
        Path file = Files.write(directory.resolve("key.pem"), octets);
        DECODING.of(octets.length, () -> PrivateKeys.of(PemFile.read(file)))
                .ifPresent(key -> assertThat(key.getFormat()).isEqualTo("PKCS#8"));
    }
}
