// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.pccrc.SegmentSecret;
import io.peerdist.codec.wire.MalformedMessageException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts and decrypts blocks: AES in CBC mode with PKCS #7 padding, the key being the first octets of the segment secret.
 * Decryption does not look at the padding, as clients do not: the block's length is known and its hash is checked.
 *
 * <p>The static methods may be used from any thread. An instance belongs to one worker, and to one thread at a time: it
 * works from buffer to buffer, uses its cipher and, while the secret stays the same, its key again. Arrays, and buffers on
 * arrays, are quickest, as the Java platform's cipher works on arrays: the octets of direct and read-only buffers pass
 * through an array of {@link #CHUNK_BYTES}, small enough to stay in the processor's first cache.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.3 and 5.1</a>
 */
public final class BlockCipher implements AutoCloseable {
    /** The length of an initialization vector. */
    public static final int IV_BYTES = 16;

    static final int CIPHER_BLOCK_BYTES = 16;

    /** A multiple of the cipher's block. */
    static final int CHUNK_BYTES = 16 * 1024;

    /** The padding is made here: the platform's padding cipher copies the whole block. */
    private static final String TRANSFORMATION = "AES/CBC/NoPadding";

    private static final byte[] NOT_MADE = new byte[0];

    private final Cipher cipher;
    private final byte[] lastBlock = new byte[CIPHER_BLOCK_BYTES];
    private byte[] inputChunk = NOT_MADE;
    private byte[] outputChunk = NOT_MADE;
    private @Nullable Key key;

    /** A cipher of the Java platform. */
    public BlockCipher() {
        try {
            cipher = Cipher.getInstance(TRANSFORMATION);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform offers " + TRANSFORMATION, e);
        }
    }

    /** The length of what {@link #encrypt} makes of {@code plainBytes} octets: with AES at least one octet longer. */
    public static int ciphertextBytes(CryptoAlgorithm algorithm, int plainBytes) {
        return algorithm == CryptoAlgorithm.NONE
                ? plainBytes
                : plainBytes + CIPHER_BLOCK_BYTES - plainBytes % CIPHER_BLOCK_BYTES;
    }

    /**
     * Encrypts {@code len} octets of {@code plain} from {@code off} on; without encryption a copy.
     *
     * @param iv 16 octets, never used twice with one secret; without encryption not looked at
     * @throws IllegalArgumentException for a vector of another length or a secret too short for the algorithm
     */
    public static byte[] encrypt(
            CryptoAlgorithm algorithm, SegmentSecret secret, byte[] iv, byte[] plain, int off, int len) {
        if (algorithm == CryptoAlgorithm.NONE) {
            return Arrays.copyOfRange(plain, off, Math.addExact(off, len));
        }
        byte[] ciphertext = new byte[ciphertextBytes(algorithm, len)];
        new BlockCipher().encrypt(algorithm, secret, iv, ByteBuffer.wrap(plain, off, len), ByteBuffer.wrap(ciphertext));
        return ciphertext;
    }

    /**
     * Decrypts {@code cipher} and keeps the first {@code expectedPlainBytes} octets; without encryption only cuts.
     *
     * @param iv 16 octets; without encryption not looked at
     * @throws MalformedMessageException when the vector or ciphertext has a length that cannot be, or is too short for
     *     the expected block: a peer sent them
     * @throws IllegalArgumentException for a secret too short for the algorithm
     */
    public static byte[] decrypt(
            CryptoAlgorithm algorithm, SegmentSecret secret, byte[] iv, byte[] cipher, int expectedPlainBytes) {
        requireSound(algorithm, iv, cipher.length, expectedPlainBytes);
        if (algorithm == CryptoAlgorithm.NONE) {
            return Arrays.copyOf(cipher, expectedPlainBytes);
        }
        ByteBuffer plain = ByteBuffer.allocate(expectedPlainBytes);
        new BlockCipher().decrypt(algorithm, secret, iv, ByteBuffer.wrap(cipher), plain);
        return plain.array();
    }

    /**
     * Encrypts what remains in {@code plain} to {@code target}; without encryption copies it. Both positions move. They
     * must not share octets.
     *
     * @param iv 16 octets, never used twice with one secret; without encryption not looked at
     * @param target has room for {@link #ciphertextBytes} octets
     * @throws IllegalArgumentException for a vector of another length or a secret too short for the algorithm
     * @throws BufferOverflowException when there is not enough room; nothing was written then
     */
    public void encrypt(
            CryptoAlgorithm algorithm, SegmentSecret secret, byte[] iv, ByteBuffer plain, ByteBuffer target) {
        if (target.remaining() < ciphertextBytes(algorithm, plain.remaining())) {
            throw new BufferOverflowException();
        }
        if (algorithm == CryptoAlgorithm.NONE) {
            target.put(plain);
            return;
        }
        begin(Cipher.ENCRYPT_MODE, algorithm, secret, iv);
        int lastBytes = plain.remaining() % CIPHER_BLOCK_BYTES;
        run(plain, plain.remaining() - lastBytes, target);
        plain.get(lastBlock, 0, lastBytes);
        Arrays.fill(lastBlock, lastBytes, CIPHER_BLOCK_BYTES, (byte) (CIPHER_BLOCK_BYTES - lastBytes));
        update(lastBlock, 0, CIPHER_BLOCK_BYTES, lastBlock, 0);
        target.put(lastBlock);
    }

    /**
     * Decrypts the first octets of what remains in {@code ciphertext}, as many as {@code target} has room for; without
     * encryption copies them. The position of {@code target} moves to its limit, that of {@code ciphertext} is undefined
     * afterwards. They must not share octets.
     *
     * @param iv 16 octets; without encryption not looked at
     * @throws MalformedMessageException when the vector or ciphertext has a length that cannot be, or is too short for
     *     the expected block: a peer sent them
     * @throws IllegalArgumentException for a secret too short for the algorithm
     */
    public void decrypt(
            CryptoAlgorithm algorithm, SegmentSecret secret, byte[] iv, ByteBuffer ciphertext, ByteBuffer target) {
        requireSound(algorithm, iv, ciphertext.remaining(), target.remaining());
        if (algorithm == CryptoAlgorithm.NONE) {
            ciphertext.limit(ciphertext.position() + target.remaining());
            target.put(ciphertext);
            return;
        }
        begin(Cipher.DECRYPT_MODE, algorithm, secret, iv);
        // CBC decrypts each block by itself: what lies behind the last one needed is not worth the time.
        run(ciphertext, target.remaining() - target.remaining() % CIPHER_BLOCK_BYTES, target);
        if (target.hasRemaining()) {
            ciphertext.get(lastBlock);
            update(lastBlock, 0, CIPHER_BLOCK_BYTES, lastBlock, 0);
            target.put(lastBlock, 0, target.remaining());
        }
    }

    /** Whether a peer's block of these lengths can be decrypted to {@code plainBytes} octets. */
    static boolean isSound(CryptoAlgorithm algorithm, byte[] iv, int ciphertextBytes, int plainBytes) {
        return ciphertextBytes >= plainBytes
                && (algorithm == CryptoAlgorithm.NONE
                        || (ciphertextBytes % CIPHER_BLOCK_BYTES == 0 && iv.length == IV_BYTES));
    }

    private static void requireSound(CryptoAlgorithm algorithm, byte[] iv, int ciphertextBytes, int plainBytes) {
        if (isSound(algorithm, iv, ciphertextBytes, plainBytes)) {
            return;
        }
        if (ciphertextBytes < plainBytes) {
            throw malformed("Block", ciphertextBytes + " octets (expected: at least " + plainBytes + ")");
        }
        if (ciphertextBytes % CIPHER_BLOCK_BYTES != 0) {
            throw malformed("Block", ciphertextBytes + " octets (expected: a multiple of " + CIPHER_BLOCK_BYTES + ")");
        }
        throw malformed("IVBlock", iv.length + " octets (expected: " + IV_BYTES + ")");
    }

    private void begin(int mode, CryptoAlgorithm algorithm, SegmentSecret secret, byte[] iv) {
        if (iv.length != IV_BYTES) {
            throw new IllegalArgumentException(
                    "initialization vector length: " + iv.length + " (expected: " + IV_BYTES + ")");
        }
        Key known = key;
        if (known == null || known.algorithm != algorithm || !known.secret.equals(secret)) {
            known = new Key(algorithm, secret, keySpec(algorithm, secret));
            key = known;
        }
        try {
            cipher.init(mode, known.spec, new IvParameterSpec(iv));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform takes the keys of " + algorithm, e);
        }
    }

    private static SecretKeySpec keySpec(CryptoAlgorithm algorithm, SegmentSecret secret) {
        if (secret.length() < algorithm.keyBytes()) {
            throw new IllegalArgumentException("segment secret length: " + secret.length() + " (expected: at least "
                    + algorithm.keyBytes() + " for " + algorithm + ")");
        }
        byte[] octets = secret.toByteArray();
        SecretKeySpec spec = new SecretKeySpec(octets, 0, algorithm.keyBytes(), "AES");
        Arrays.fill(octets, (byte) 0);
        return spec;
    }

    /** Passes {@code length} octets, a multiple of the cipher's block, from one buffer to the other. */
    private void run(ByteBuffer from, int length, ByteBuffer to) {
        boolean arrays = from.hasArray() && to.hasArray();
        inputChunk = chunk(from, inputChunk);
        outputChunk = chunk(to, outputChunk);
        for (int left = length; left > 0; ) {
            int step = arrays ? left : Math.min(left, CHUNK_BYTES);
            byte[] input = inputChunk;
            int inputAt = 0;
            if (from.hasArray()) {
                input = from.array();
                inputAt = from.arrayOffset() + from.position();
                from.position(from.position() + step);
            } else {
                from.get(input, 0, step);
            }
            if (to.hasArray()) {
                update(input, inputAt, step, to.array(), to.arrayOffset() + to.position());
                to.position(to.position() + step);
            } else {
                update(input, inputAt, step, outputChunk, 0);
                to.put(outputChunk, 0, step);
            }
            left -= step;
        }
    }

    private static byte[] chunk(ByteBuffer buffer, byte[] chunk) {
        return buffer.hasArray() || chunk.length > 0 ? chunk : new byte[CHUNK_BYTES];
    }

    private void update(byte[] input, int inputAt, int length, byte[] output, int outputAt) {
        try {
            cipher.update(input, inputAt, length, output, outputAt);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("there is room for what comes out of " + TRANSFORMATION, e);
        }
    }

    /** Forgets the key and the octets seen last; the instance can be used again. */
    @Override
    public void close() {
        Arrays.fill(lastBlock, (byte) 0);
        Arrays.fill(inputChunk, (byte) 0);
        Arrays.fill(outputChunk, (byte) 0);
        key = null;
        try {
            SecretKeySpec nobodys = new SecretKeySpec(new byte[IV_BYTES], "AES");
            cipher.init(Cipher.ENCRYPT_MODE, nobodys, new IvParameterSpec(new byte[IV_BYTES]));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform takes the keys of AES", e);
        }
    }

    private static MalformedMessageException malformed(String field, String reason) {
        return new MalformedMessageException(RetrievalCodec.PROTOCOL, field, 0, reason);
    }

    /** The key in use, and what it was made from. */
    private record Key(CryptoAlgorithm algorithm, SegmentSecret secret, SecretKeySpec spec) {
        @Override
        public String toString() {
            return "Key[redacted]";
        }
    }
}
