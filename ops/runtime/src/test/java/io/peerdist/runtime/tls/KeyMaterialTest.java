// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyMaterialTest {
    private final TestCertificates certificates;

    @TempDir
    private Path directory = Path.of("");

    KeyMaterialTest() throws Exception {
        certificates = new TestCertificates();
    }

    // --- PEM

    @ParameterizedTest
    @EnumSource(names = {"rsa2048", "ecp256", "ecp384", "ed25519"})
    void readsEveryKindOfKey(Algorithm algorithm) throws Exception {
        X509Bundle leaf = certificates.leaf("server", algorithm);

        KeyMaterial material = KeyMaterial.load(TestCertificates.write(directory, leaf));

        assertThat(material.privateKey()).isEqualTo(leaf.getKeyPair().getPrivate());
        assertThat(material.chain()).containsExactly(leaf.getCertificatePath());
        assertThat(material).asString().contains("CN=server").doesNotContain("PRIVATE");
    }

    @Test
    void readsKeyAndChainFromOneFileAmongExplanations() throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.ecp256);
        String text = "Bag Attributes\n    friendlyName: server\n" + leaf.getPrivateKeyPEM() + "subject=CN = server\n\n"
                + leaf.getCertificatePathPEM() + "the end\n";

        Path unix = write("unix.pem", text);
        Path windows = write("windows.pem", text.replace("\n", "\r\n"));

        for (Path file : List.of(unix, windows)) {
            KeyMaterial material = KeyMaterial.load(TestCertificates.pem(file, file));
            assertThat(material.leaf()).isEqualTo(leaf.getCertificate());
            assertThat(material.chain()).hasSize(2);
        }
    }

    @Test
    void readsRsaKeysOfPkcs1() throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.rsa2048);
        String pem = PrivateKeys.pem("RSA PRIVATE KEY", inner(leaf.getKeyPair().getPrivate()));

        assertThat(loadWithKey(leaf, pem).privateKey())
                .isEqualTo(leaf.getKeyPair().getPrivate());
    }

    @ParameterizedTest
    @CsvSource({"ecp256, 1.2.840.10045.3.1.7", "ecp384, 1.3.132.0.34"})
    void readsEllipticKeysOfSec1(Algorithm algorithm, String curve) throws Exception {
        X509Bundle leaf = certificates.leaf("server", algorithm);
        ByteBuffer key = Der.read(ByteBuffer.wrap(inner(leaf.getKeyPair().getPrivate())), Der.SEQUENCE);
        Der.read(key, Der.INTEGER);
        byte[] number = Der.bytes(Der.read(key, Der.OCTET_STRING));
        byte[] version = {Der.INTEGER, 1, 1};
        byte[] sec1 = Der.sequence(version, Der.octetString(number), Der.tagged(0, Der.objectIdentifier(curve)));
        // openssl ecparam writes the curve before the key.
        String pem =
                PrivateKeys.pem("EC PARAMETERS", Der.objectIdentifier(curve)) + PrivateKeys.pem("EC PRIVATE KEY", sec1);

        assertThat(loadWithKey(leaf, pem).privateKey().getEncoded()).isNotEmpty();
    }

    @Test
    void saysHowToConvertAKeyWithoutItsCurve() throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.ecp256);
        byte[] version = {Der.INTEGER, 1, 1};
        byte[] sec1 = Der.sequence(version, Der.octetString(new byte[32]));

        assertFails(
                () -> loadWithKey(leaf, PrivateKeys.pem("EC PRIVATE KEY", sec1)),
                "does not name its curve",
                "openssl pkcs8 -topk8 -nocrypt -in " + directory.resolve("other.key"));
    }

    @Test
    void saysHowToDecryptAKey() throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.ecp256);
        String traditional = """
                -----BEGIN EC PRIVATE KEY-----
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF

                AAAA
                -----END EC PRIVATE KEY-----
                """;

        for (String pem : List.of(traditional, PrivateKeys.pem("ENCRYPTED PRIVATE KEY", new byte[9]))) {
            assertFails(
                    () -> loadWithKey(leaf, pem),
                    "the private key is encrypted",
                    "openssl pkcs8 -topk8 -nocrypt -in " + directory.resolve("other.key") + " -out NEW",
                    "key-store");
        }
    }

    @Test
    void refusesAKeyOfAnotherCertificate() throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.ecp256);
        for (Algorithm algorithm : List.of(Algorithm.ecp256, Algorithm.ecp384, Algorithm.rsa2048, Algorithm.ed25519)) {
            String other = certificates.leaf("other", algorithm).getPrivateKeyPEM();

            assertFails(
                    () -> loadWithKey(leaf, other),
                    directory.resolve("chain.pem")
                            + ": the certificate of CN=server does not belong to the private key in "
                            + directory.resolve("other.key"));
        }
    }

    @Test
    void refusesAChainInTheWrongOrder() throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.ecp256);
        String reversed = certificates.root().getCertificatePEM() + leaf.getCertificatePEM();
        Path file = write("reversed.pem", reversed);
        Path key = write("other.key", leaf.getPrivateKeyPEM());

        assertFails(
                () -> KeyMaterial.load(TestCertificates.pem(file, key)),
                "the private key belongs to certificate 2 of the file",
                "put the server's certificate first");
    }

    @Test
    void saysWhatIsWrongWithAFile() throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.ecp256);
        String chain = leaf.getCertificatePathPEM();
        String key = leaf.getPrivateKeyPEM();

        assertFails(() -> load(chain, ""), "no PEM", "openssl x509 -inform DER");
        assertFails(() -> load(chain, chain), "0 private keys (expected: one)");
        assertFails(() -> load(chain, key + key), "2 private keys (expected: one)");
        assertFails(() -> load(key, key), "holds no certificate");
        assertFails(() -> load(chain.substring(0, chain.length() - 40), key), "the file is cut off");
        assertFails(() -> load(PrivateKeys.pem("CERTIFICATE", new byte[40]), key), "a certificate cannot be read");
        assertFails(() -> load(chain, PrivateKeys.pem("PRIVATE KEY", new byte[40])), "the private key cannot be read");
        assertFails(() -> load(chain.repeat(40), key), "more than 64 blocks");
        assertFails(() -> load("x".repeat((1 << 20) + 1), key), "1048577 bytes (expected: 1 MiB at most)");
        assertFails(() -> KeyMaterial.load(TestCertificates.pem(directory, directory)), "is a directory");
        byte[] x25519 = Der.sequence(
                Der.integer(BigInteger.ZERO),
                Der.sequence(Der.objectIdentifier("1.3.101.110")),
                Der.octetString(Der.octetString(new byte[32])));
        assertFails(() -> load(chain, PrivateKeys.pem("PRIVATE KEY", x25519)), "of a kind not known here", "RSA, EC");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 50, 100, 130})
    void refusesAKeyThatIsCutOff(int length) throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.ecp256);
        byte[] encoded = leaf.getKeyPair().getPrivate().getEncoded();
        byte[] part = Arrays.copyOf(encoded, Math.min(length, encoded.length - 1));

        assertFails(() -> loadWithKey(leaf, PrivateKeys.pem("PRIVATE KEY", part)), "the private key cannot be read");
    }

    // --- PKCS#12

    @Test
    void readsAKeyStore() throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.rsa2048);
        Path store = TestCertificates.writeKeyStore(directory.resolve("server.p12"), leaf, "geheim 1");
        Path password = write("password", "geheim 1\n");

        KeyMaterial material = KeyMaterial.load(TestCertificates.keyStore(store, Optional.of(password)));

        assertThat(material.privateKey()).isEqualTo(leaf.getKeyPair().getPrivate());
        assertThat(material.chain()).containsExactly(leaf.getCertificatePath());
    }

    @Test
    void readsAKeyStoreWithAnEmptyPassword() throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.ecp256);
        Path store = TestCertificates.writeKeyStore(directory.resolve("server.p12"), leaf, "");

        KeyMaterial material = KeyMaterial.load(TestCertificates.keyStore(store, Optional.empty()));

        assertThat(material.leaf()).isEqualTo(leaf.getCertificate());
    }

    @Test
    void saysThatThePasswordIsWrongOrMissing() throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.ecp256);
        Path store = TestCertificates.writeKeyStore(directory.resolve("server.p12"), leaf, "right");
        Path password = write("password", "wrong\n");

        assertFails(
                () -> KeyMaterial.load(TestCertificates.keyStore(store, Optional.of(password))),
                "the password in " + password + " is not the one of this file");
        assertFails(
                () -> KeyMaterial.load(TestCertificates.keyStore(store, Optional.empty())),
                "name a file with it as key-store-password-file");
        Path foreign = write("foreign", "pässword\n");
        assertFails(
                () -> KeyMaterial.load(TestCertificates.keyStore(store, Optional.of(foreign))),
                foreign + ": has characters outside ASCII");
    }

    @Test
    void refusesAKeyStoreWithoutAPrivateKey() throws Exception {
        Path file = directory.resolve("trust.p12");
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("root", certificates.root().getCertificate());
        try (OutputStream out = Files.newOutputStream(file)) {
            trust.store(out, new char[0]);
        }

        assertFails(() -> KeyMaterial.load(TestCertificates.keyStore(file, Optional.empty())), "0 private keys");
        Path garbage = write("garbage.p12", "garbage");
        assertFails(() -> KeyMaterial.load(TestCertificates.keyStore(garbage, Optional.empty())), "not a PKCS#12 file");
    }

    // --- openssl writes, we read

    @ParameterizedTest
    @ValueSource(
            strings = {
                "genrsa -traditional",
                "genrsa",
                "ecparam -name prime256v1 -genkey",
                "ecparam -name secp384r1 -genkey -noout",
                "genpkey -algorithm ed25519",
                "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048"
            })
    void readsTheKeysOfOpenssl(String command) throws Exception {
        Path key = write(
                "openssl.key",
                OpenSslCommand.run("", List.of(command.split(" ", -1))).output());
        Path certificate = directory.resolve("openssl.pem");
        OpenSslCommand.Result made = OpenSslCommand.run(
                "",
                List.of(
                        "req",
                        "-x509",
                        "-new",
                        "-key",
                        key.toString(),
                        "-subj",
                        "/CN=server",
                        "-out",
                        certificate.toString()));
        assertThat(made.exitCode()).as(made.output()).isZero();

        assertThat(KeyMaterial.load(TestCertificates.pem(certificate, key))
                        .leaf()
                        .getSubjectX500Principal())
                .hasToString("CN=server");
    }

    @Test
    void readsTheKeyStoreOfOpenssl() throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.ecp256);
        TestCertificates.write(directory, leaf);
        Path password = write("password", "geheim");
        Path store = directory.resolve("openssl.p12");
        OpenSslCommand.Result made = OpenSslCommand.run(
                "",
                List.of(
                        "pkcs12",
                        "-export",
                        "-in",
                        directory + "/chain.pem",
                        "-inkey",
                        directory + "/chain.key",
                        "-passout",
                        "file:" + password,
                        "-out",
                        store.toString()));
        assertThat(made.exitCode()).as(made.output()).isZero();

        KeyMaterial material = KeyMaterial.load(TestCertificates.keyStore(store, Optional.of(password)));

        assertThat(material.chain()).containsExactly(leaf.getCertificatePath());
    }

    // --- tools

    private interface Loading {
        KeyMaterial run() throws IOException;
    }

    private static void assertFails(Loading loading, String... words) {
        FailureException failure = catchThrowableOfType(FailureException.class, loading::run);
        assertThat(failure).isNotNull();
        assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(failure.sentence()).startsWith("TLS: ").contains(words);
    }

    private KeyMaterial loadWithKey(X509Bundle leaf, String keyPem) throws IOException {
        return load(leaf.getCertificatePathPEM(), keyPem);
    }

    private KeyMaterial load(String chain, String key) throws IOException {
        return KeyMaterial.load(TestCertificates.pem(write("chain.pem", chain), write("other.key", key)));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    /** What PKCS#8 wraps. */
    private static byte[] inner(PrivateKey key) {
        ByteBuffer info = Der.read(ByteBuffer.wrap(key.getEncoded()), Der.SEQUENCE);
        Der.read(info, Der.INTEGER);
        Der.read(info, Der.SEQUENCE);
        return Der.bytes(Der.read(info, Der.OCTET_STRING));
    }
}
