// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.BoundedDecoding;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.params.provider.MethodSource;

final class SecretKeyFileFuzzTest {
    /** The provider's ciphers are large objects, and the file is never long. */
    private static final BoundedDecoding DECODING = new BoundedDecoding(MalformedMessageException.class, 65_536, 16);

    private static final String PASSPHRASE = "open sesame";

    static Stream<byte[]> seeds() {
        byte[] key = "no more secrets".getBytes(StandardCharsets.US_ASCII);
        byte[] file = SecretKeyFile.encode(SecretKey.of(key), PASSPHRASE);
        byte[] hash = HashAlgorithm.SHA_256.hash(key, 0, key.length);
        byte[] plaintext = Arrays.copyOf(hash, hash.length + key.length);
        System.arraycopy(key, 0, plaintext, hash.length, key.length);
        return Stream.of(file, Arrays.copyOf(file, 32), new byte[64], plaintext, hash);
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrRefuses(byte[] input) throws GeneralSecurityException {
        decode(input).ifPresent(SecretKeyFileFuzzTest::writesTheSame);
        // No fuzzer breaks AES: what a key file may hold is only reached from behind it.
        decode(encrypted(input)).ifPresent(SecretKeyFileFuzzTest::writesTheSame);
        if (input.length > 0 && input.length <= SecretKey.MAX_BYTES) {
            writesTheSame(SecretKey.of(input));
        }
    }

    private static Optional<SecretKey> decode(byte[] file) {
        return DECODING.of(file.length, () -> SecretKeyFile.decode(file, PASSPHRASE));
    }

    private static void writesTheSame(SecretKey key) {
        assertThat(SecretKeyFile.decode(SecretKeyFile.encode(key, PASSPHRASE), PASSPHRASE))
                .isEqualTo(key);
    }

    private static byte[] encrypted(byte[] plaintext) throws GeneralSecurityException {
        byte[] passphrase = PASSPHRASE.getBytes(StandardCharsets.UTF_16LE);
        byte[] key = HashAlgorithm.SHA_256.hash(passphrase, 0, passphrase.length);
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
        return cipher.doFinal(plaintext);
    }
}
