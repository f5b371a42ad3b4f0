// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.GoldenVector;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ManifestKeysTest {
    @Test
    void readsBackWhatItWrites() {
        KeyPair keys = ManifestKeys.generate(new SecureRandom());

        assertThat(ManifestKeys.readPrivateKey(ManifestKeys.privateKeyPem(keys.getPrivate())))
                .isEqualTo(keys.getPrivate());
        assertThat(ManifestKeys.readPublicKey(ManifestKeys.publicKeyPem(keys.getPublic())))
                .isEqualTo(keys.getPublic());
    }

    @Test
    void writesTheFormOfOpenssl() {
        PrivateKey privateKey = ManifestKeys.readPrivateKey(pem("PRIVATE KEY", "manifest-private-key"));

        assertThat(ManifestKeys.privateKeyPem(privateKey)).isEqualTo(pem("PRIVATE KEY", "manifest-private-key"));
        assertThat(ManifestKeys.publicKeyPem(ManifestKeys.publicKeyOf(privateKey)))
                .isEqualTo(pem("PUBLIC KEY", "manifest-public-key"));
    }

    @Test
    void derivesThePublicKeyOfAnyPrivateKey() {
        for (int i = 0; i < 50; i++) {
            KeyPair keys = ManifestKeys.generate(new SecureRandom());
            assertThat(ManifestKeys.publicKeyOf(keys.getPrivate())).isEqualTo(keys.getPublic());
        }
    }

    @Test
    void readsPemWithTextAroundAndOtherLineEnds() {
        String pem = pem("PUBLIC KEY", "manifest-public-key");

        assertThat(ManifestKeys.readPublicKey("of the head office\r\n" + pem.replace("\n", "\r\n") + "\n# end"))
                .isEqualTo(ManifestKeys.readPublicKey(pem));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-----BEGIN PUBLIC KEY-----",
                "-----END PUBLIC KEY----------BEGIN PUBLIC KEY-----",
                "-----BEGIN PUBLIC KEY-----END PUBLIC KEY-----",
                "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
                "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
                "-----BEGIN PUBLIC KEY-----\nA=A\n-----END PUBLIC KEY-----",
            })
    void refusesWhatIsNoKey(String pem) {
        assertThatThrownBy(() -> ManifestKeys.readPublicKey(pem)).isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> ManifestKeys.readPrivateKey(pem.replace("PUBLIC", "PRIVATE")))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void refusesTwoKeysOversizeTextAndTheOtherKind() {
        String pem = pem("PUBLIC KEY", "manifest-public-key");

        assertThatThrownBy(() -> ManifestKeys.readPublicKey(pem + pem)).isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> ManifestKeys.readPublicKey(pem + " ".repeat(ManifestKeys.MAX_PEM_CHARACTERS)))
                .isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> ManifestKeys.readPrivateKey(pem)).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void refusesKeysOfOtherAlgorithmsWithoutShowingThem() throws GeneralSecurityException {
        KeyPair rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        String encoded = Base64.getEncoder().encodeToString(rsa.getPrivate().getEncoded());

        assertThatThrownBy(() -> ManifestKeys.readPublicKey(ManifestKeys.publicKeyPem(rsa.getPublic())))
                .isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> ManifestKeys.readPrivateKey(ManifestKeys.privateKeyPem(rsa.getPrivate())))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageNotContaining(encoded.substring(40, 60));
        assertThatThrownBy(() -> ManifestKeys.publicKeyOf(rsa.getPrivate()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String pem(String label, String vector) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getEncoder().encodeToString(GoldenVector.load(vector).octets()) + "\n-----END " + label
                + "-----\n";
    }
}
