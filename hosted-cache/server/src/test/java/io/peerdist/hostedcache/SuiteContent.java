// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A content and what MS-PCCRC 2.2 derives from it, computed with the JDK alone. The suite gets its content from a content
 * server, or makes up hashes that match nothing; here they match, as a cache that verifies takes nothing else.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SuiteContent(byte[] octets, List<Segment> segments) {
    static final int V1_BLOCK_BYTES = 65_536;

    private static final byte[] SERVER_SECRET = "server secret".getBytes(StandardCharsets.UTF_16LE);
    private static final byte[] C2 = "MS_P2P_CACHING\0".getBytes(StandardCharsets.UTF_16LE);

    /**
     * One segment.
     *
     * @param offset where it starts in the content
     * @param hashes of its blocks, one behind the other
     */
    record Segment(
            boolean isV1, long offset, byte[] plain, byte[] hashes, byte[] hashOfData, byte[] secret, byte[] id) {
        int blockBytes() {
            return isV1 ? V1_BLOCK_BYTES : plain.length;
        }

        int blockCount() {
            return (plain.length + blockBytes() - 1) / blockBytes();
        }

        byte[] block(int index) {
            int from = index * blockBytes();
            return Arrays.copyOfRange(plain, from, Math.min(plain.length, from + blockBytes()));
        }
    }

    /** A version 1.0 content of one segment with random octets. */
    static SuiteContent v1(int seed, int bytes) {
        byte[] octets = random(seed, bytes);
        ByteArrayOutputStream hashes = new ByteArrayOutputStream();
        for (int from = 0; from < bytes; from += V1_BLOCK_BYTES) {
            hashes.writeBytes(sha("SHA-256", Arrays.copyOfRange(octets, from, Math.min(bytes, from + V1_BLOCK_BYTES))));
        }
        byte[] hashOfData = sha("SHA-256", hashes.toByteArray());
        byte[] secret = hmac("HmacSHA256", sha("SHA-256", SERVER_SECRET), hashOfData);
        byte[] id = hmac("HmacSHA256", secret, join(hashOfData, C2));
        return new SuiteContent(
                octets, List.of(new Segment(true, 0, octets, hashes.toByteArray(), hashOfData, secret, id)));
    }

    /** A version 2.0 content of segments of the given lengths with random octets. */
    static SuiteContent v2(int seed, int... segmentBytes) {
        byte[] octets = random(seed, Arrays.stream(segmentBytes).sum());
        List<Segment> segments = new ArrayList<>();
        int from = 0;
        for (int bytes : segmentBytes) {
            byte[] plain = Arrays.copyOfRange(octets, from, from + bytes);
            byte[] hashOfData = truncated(sha("SHA-512", plain));
            byte[] secret = truncated(hmac("HmacSHA512", truncated(sha("SHA-512", SERVER_SECRET)), hashOfData));
            byte[] id = truncated(hmac("HmacSHA512", secret, join(hashOfData, C2)));
            segments.add(new Segment(false, from, plain, hashOfData, hashOfData, secret, id));
            from += bytes;
        }
        return new SuiteContent(octets, segments);
    }

    /** The content information of MS-PCCRC 2.3 for a version 1.0 content, as a {@code SEGMENT_INFO_MESSAGE} carries it. */
    byte[] contentInformationV1() {
        Segment segment = segments.get(0);
        ByteBuffer out =
                ByteBuffer.allocate(18 + 80 + 4 + segment.hashes().length).order(ByteOrder.LITTLE_ENDIAN);
        out.putShort((short) 0x0100)
                .putInt(0x800C)
                .putInt(0)
                .putInt(segment.plain().length)
                .putInt(1);
        putDescription(out, segment);
        out.putInt(segment.blockCount()).put(segment.hashes());
        return out.array();
    }

    /** The same with {@code count} times the segment. */
    byte[] contentInformationV1(int count) {
        Segment segment = segments.get(0);
        ByteBuffer out = ByteBuffer.allocate(18 + count * (80 + 4 + segment.hashes().length))
                .order(ByteOrder.LITTLE_ENDIAN);
        out.putShort((short) 0x0100)
                .putInt(0x800C)
                .putInt(0)
                .putInt(segment.plain().length)
                .putInt(count);
        for (int i = 0; i < count; i++) {
            putDescription(out, segment);
        }
        for (int i = 0; i < count; i++) {
            out.putInt(segment.blockCount()).put(segment.hashes());
        }
        return out.array();
    }

    private static void putDescription(ByteBuffer out, Segment segment) {
        out.putLong(segment.offset()).putInt(segment.plain().length).putInt(V1_BLOCK_BYTES);
        out.put(segment.hashOfData()).put(segment.secret());
    }

    /** AES in CBC mode as {@code CryptoAlgoId} says, 0 for none; the key is the beginning of the segment secret. */
    static byte[] encrypt(int crypto, byte[] secret, byte[] iv, byte[] plain) {
        return crypto == 0 ? plain : cipher(Cipher.ENCRYPT_MODE, crypto, secret, iv, plain);
    }

    /** The reverse of {@link #encrypt}. */
    static byte[] decrypt(int crypto, byte[] secret, byte[] iv, byte[] ciphertext) {
        return crypto == 0 ? ciphertext : cipher(Cipher.DECRYPT_MODE, crypto, secret, iv, ciphertext);
    }

    private static byte[] cipher(int mode, int crypto, byte[] secret, byte[] iv, byte[] in) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(mode, new SecretKeySpec(secret, 0, 8 + 8 * crypto, "AES"), new IvParameterSpec(iv));
            return cipher.doFinal(in);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] random(int seed, int bytes) {
        byte[] octets = new byte[bytes];
        new SplittableRandom(seed).nextBytes(octets);
        return octets;
    }

    private static byte[] sha(String algorithm, byte[] octets) {
        try {
            return MessageDigest.getInstance(algorithm).digest(octets);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] hmac(String algorithm, byte[] key, byte[] octets) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac.doFinal(octets);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] truncated(byte[] digest) {
        return Arrays.copyOf(digest, 32);
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
