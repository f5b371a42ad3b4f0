// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.encryption;

import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.HashOfData;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SegmentSecret;
import io.peerdist.codec.pccrc.ServerSecret;
import io.peerdist.codec.pccrr.BlockCipher;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.runtime.Clock;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Octets encrypted and decrypted in a second on one thread, in blocks of 64 KiB with AES-128, for the comparison with
 * {@code openssl speed}. Prints a name and octets per second on each line.
 */
public final class EncryptionRate {
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int KEY_BYTES = 32;
    private static final double NANOS_PER_SECOND = 1e9;

    private EncryptionRate() {}

    /** {@code SECONDS} of each figure; the first of two rounds, in which Java compiles, is not printed. */
    public static void main(String[] arguments) {
        long nanos = (long) (Double.parseDouble(arguments[0]) * NANOS_PER_SECOND);
        byte[] key = octets(KEY_BYTES);
        SegmentSecret secret = SegmentSecret.derive(
                HashAlgorithm.SHA_256,
                ServerSecret.derive(HashAlgorithm.SHA_256, SecretKey.of(key)),
                HashOfData.of(key));
        byte[] iv = octets(BlockCipher.IV_BYTES);
        byte[] plain = octets(BLOCK_BYTES);
        byte[] cipher = BlockCipher.encrypt(CryptoAlgorithm.AES_128, secret, iv, plain, 0, plain.length);
        for (boolean print : new boolean[] {false, true}) {
            double encrypted =
                    rate(nanos, () -> BlockCipher.encrypt(CryptoAlgorithm.AES_128, secret, iv, plain, 0, plain.length));
            double decrypted =
                    rate(nanos, () -> BlockCipher.decrypt(CryptoAlgorithm.AES_128, secret, iv, cipher, plain.length));
            if (print) {
                System.out.printf(Locale.ROOT, "encrypt %.0f%ndecrypt %.0f%n", encrypted, decrypted);
            }
        }
    }

    private static double rate(long nanos, Supplier<byte[]> work) {
        Clock clock = Clock.system();
        long octets = 0;
        int seen = 0;
        long start = clock.nanoTime();
        while (clock.nanoTime() - start < nanos) {
            seen |= work.get()[0];
            octets += BLOCK_BYTES;
        }
        return seen == 0 ? 0 : octets / ((clock.nanoTime() - start) / NANOS_PER_SECOND);
    }

    private static byte[] octets(int count) {
        byte[] octets = new byte[count];
        new SplittableRandom(count).nextBytes(octets);
        return octets;
    }
}
