// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.DecoderChecks;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.GoldenVector;
import io.peerdist.conformance.RandomizedTest;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretKeyFileTest {
    private static final String PASSPHRASE = "Gr\u00fc\u00dfe \ud83d\udd11";

    private static Consumer<ByteBuffer> decoder(CharSequence passphrase) {
        return file -> {
            byte[] octets = new byte[file.remaining()];
            file.get(octets);
            SecretKeyFile.decode(octets, passphrase);
        };
    }

    @Test
    void agreesWithTheFileThatOpenSslMade() {
        byte[] golden = GoldenVector.load("pccrc-2.5").octets();

        assertThat(SecretKeyFile.encode(ExampleContent.SECRET_KEY, PASSPHRASE)).isEqualTo(golden);
        assertThat(SecretKeyFile.decode(golden, CharBuffer.wrap(PASSPHRASE))).isEqualTo(ExampleContent.SECRET_KEY);
    }

    @RandomizedTest
    void readsWhatItWrote(Gen gen) {
        SecretKey key = SecretKey.of(gen.bytes(1 + gen.lengthUpTo(300)));
        // any UTF-16 units, unpaired surrogates and zeros included
        String passphrase = gen.string("a\u0000\ud83d\udd11\uffff\u00e4", 1 + gen.lengthUpTo(20));

        assertThat(SecretKeyFile.decode(SecretKeyFile.encode(key, passphrase), passphrase))
                .isEqualTo(key);
    }

    @Test
    void tellsUnpairedSurrogatesApart() {
        byte[] file = SecretKeyFile.encode(ExampleContent.SECRET_KEY, "\ud83d");

        assertThatThrownBy(() -> SecretKeyFile.decode(file, "\udd11")).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void takesTheLongestKey() {
        SecretKey longest = SecretKey.of(new byte[SecretKey.MAX_BYTES]);
        byte[] file = SecretKeyFile.encode(longest, "p");

        assertThat(file).hasSize(SecretKeyFile.MAX_FILE_BYTES);
        assertThat(SecretKeyFile.decode(file, "p")).isEqualTo(longest);
        assertThatIllegalArgumentException().isThrownBy(() -> SecretKey.of(new byte[SecretKey.MAX_BYTES + 1]));
        assertThatIllegalArgumentException().isThrownBy(() -> SecretKey.of(new byte[0]));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "gr\u00fc\u00dfe \ud83d\udd11",
                "Gr\u00fc\u00dfe \ud83d\udd11 ",
                "Gr\u00fc\u00dfe \ud83d\udd11\u0000"
            })
    void saysThatThePassphraseIsWrongOrTheFileDamaged(String wrong) {
        byte[] file = GoldenVector.load("pccrc-2.5").octets();

        assertThatThrownBy(() -> SecretKeyFile.decode(file, wrong))
                .isExactlyInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("wrong passphrase or damaged file")
                .hasMessageNotContaining("no more secrets");
    }

    @Test
    void tellsADamagedFileFromAWrongPassphraseAsLongAsItsEndIsWhole() {
        byte[] file = SecretKeyFile.encode(SecretKey.of(Gen.ofSeed(1).bytes(32)), PASSPHRASE);

        for (int damaged = 0; damaged < file.length; damaged++) {
            byte[] octets = file.clone();
            octets[damaged] ^= 0x40;
            boolean paddingIsWhole = damaged < file.length - 32;
            assertThatThrownBy(() -> SecretKeyFile.decode(octets, PASSPHRASE))
                    .as("octet %d", damaged)
                    .hasMessageContaining(
                            paddingIsWhole
                                    ? "damaged file (the passphrase is right)"
                                    : "wrong passphrase or damaged file");
        }
    }

    @RandomizedTest(tries = 500)
    void neverTakesAFileUnderAnotherPassphrase(Gen gen) {
        byte[] file = SecretKeyFile.encode(SecretKey.of(gen.bytes(1 + gen.lengthUpTo(64))), "right");

        assertThatThrownBy(() -> SecretKeyFile.decode(file, "wrong" + gen.intBetween(0, 1 << 30)))
                .isExactlyInstanceOf(MalformedMessageException.class);
    }

    @Test
    void refusesDamagedAndCutFiles() {
        byte[] file = SecretKeyFile.encode(SecretKey.of(Gen.ofSeed(1).bytes(64)), PASSPHRASE);

        DecoderChecks.truncationAtEveryLength(file, MalformedMessageException.class, decoder(PASSPHRASE), Set.of());
        DecoderChecks.trailingOctets(file, MalformedMessageException.class, decoder(PASSPHRASE));
        assertThat(DecoderChecks.bitFlips(file, MalformedMessageException.class, decoder(PASSPHRASE)))
                .isZero();
    }

    @Test
    void refusesAFileThatIsTooLongWithoutDecryptingIt() {
        byte[] tooLong = Arrays.copyOf(new byte[0], SecretKeyFile.MAX_FILE_BYTES + 16);

        assertThatThrownBy(() -> SecretKeyFile.decode(tooLong, "p"))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("length 65600");
    }

    @Test
    void refusesToEncodeWithoutAPassphrase() {
        assertThatIllegalArgumentException().isThrownBy(() -> SecretKeyFile.encode(ExampleContent.SECRET_KEY, ""));
    }
}
