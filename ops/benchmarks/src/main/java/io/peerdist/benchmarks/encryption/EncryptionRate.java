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
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.SplittableRandom;

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
        byte[] sent = BlockCipher.encrypt(CryptoAlgorithm.AES_128, secret, iv, plain, 0, plain.length);
        ByteBuffer source = ByteBuffer.wrap(plain);
        ByteBuffer received = ByteBuffer.wrap(sent);
        ByteBuffer target = ByteBuffer.allocate(sent.length);
        BlockCipher cipher = new BlockCipher();
        for (boolean print : new boolean[] {false, true}) {
            double encrypted = rate(nanos, target, () -> {
                target.clear();
                cipher.encrypt(CryptoAlgorithm.AES_128, secret, iv, source.clear(), target);
            });
            double decrypted = rate(nanos, target, () -> {
                target.clear().limit(BLOCK_BYTES);
                cipher.decrypt(CryptoAlgorithm.AES_128, secret, iv, received.clear(), target);
            });
            if (print) {
                System.out.printf(Locale.ROOT, "encrypt %.0f%ndecrypt %.0f%n", encrypted, decrypted);
            }
        }
    }

    private static double rate(long nanos, ByteBuffer target, Runnable work) {
        Clock clock = Clock.system();
        long octets = 0;
        int seen = 0;
        long start = clock.nanoTime();
        while (clock.nanoTime() - start < nanos) {
            work.run();
            seen |= target.get(0);
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
