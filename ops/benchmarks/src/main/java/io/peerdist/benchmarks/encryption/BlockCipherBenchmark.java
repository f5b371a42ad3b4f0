// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.encryption;

import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.HashOfData;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SegmentSecret;
import io.peerdist.codec.pccrc.ServerSecret;
import io.peerdist.codec.pccrr.BlockCipher;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One block encrypted by an agent on the way in, or decrypted by whoever fetches it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BlockCipherBenchmark { // not final: JMH extends it
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int DIGEST_BYTES = 32;

    /** With which key length. */
    @Param({"AES_128", "AES_256"})
    public CryptoAlgorithm algorithm = CryptoAlgorithm.AES_128;

    private final SegmentSecret secret = SegmentSecret.derive(
            HashAlgorithm.SHA_256,
            ServerSecret.derive(HashAlgorithm.SHA_256, SecretKey.of(octets(DIGEST_BYTES))),
            HashOfData.of(octets(DIGEST_BYTES)));
    private final byte[] iv = octets(BlockCipher.IV_BYTES);
    private final byte[] plain = octets(BLOCK_BYTES);
    private final BlockCipher cipher = new BlockCipher();
    private byte[] ciphertext = {};
    private ByteBuffer target = ByteBuffer.allocate(0);
    private ByteBuffer outside = ByteBuffer.allocate(0);

    private static byte[] octets(int count) {
        byte[] octets = new byte[count];
        new Random(count).nextBytes(octets);
        return octets;
    }

    /** What {@link #decrypt} starts from. */
    @Setup
    public void prepare() {
        ciphertext = BlockCipher.encrypt(algorithm, secret, iv, plain, 0, plain.length);
        target = ByteBuffer.allocate(ciphertext.length);
        outside = ByteBuffer.allocateDirect(ciphertext.length);
    }

    /** CBC: each step waits for the one before. */
    @Benchmark
    public ByteBuffer encrypt() {
        target.clear();
        cipher.encrypt(algorithm, secret, iv, ByteBuffer.wrap(plain), target);
        return target;
    }

    /** CBC: the steps are independent. */
    @Benchmark
    public ByteBuffer decrypt() {
        target.clear().limit(BLOCK_BYTES);
        cipher.decrypt(algorithm, secret, iv, ByteBuffer.wrap(ciphertext), target);
        return target;
    }

    /** From memory that came from a socket. */
    @Benchmark
    public ByteBuffer decryptFromOutsideTheHeap() {
        target.clear().limit(BLOCK_BYTES);
        cipher.decrypt(algorithm, secret, iv, outside.clear(), target);
        return target;
    }

    /** With a cipher made for this block, as whoever has only one does it. */
    @Benchmark
    public byte[] decryptOne() {
        return BlockCipher.decrypt(algorithm, secret, iv, ciphertext, BLOCK_BYTES);
    }
}
