// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The content of the golden vectors, the AES-128-CTR key stream of an all-zero key and counter, and its segments under
 * the secret key of the document's examples.
 */
final class ExampleContent {
    static final SecretKey SECRET_KEY = SecretKey.of("no more secrets".getBytes(StandardCharsets.US_ASCII));

    private final Cipher keyStream;

    private ExampleContent() {
        try {
            keyStream = Cipher.getInstance("AES/CTR/NoPadding");
            keyStream.init(
                    Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[16], "AES"), new IvParameterSpec(new byte[16]));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private byte[] next(int count) {
        return keyStream.update(new byte[count]);
    }

    /** The content's first {@code length} octets. */
    static byte[] octets(int length) {
        return new ExampleContent().next(length);
    }

    static ServerSecret serverSecret(HashAlgorithm hashAlgorithm) {
        return ServerSecret.derive(hashAlgorithm, SECRET_KEY);
    }

    /** The version 1.0 segments of a content of {@code contentBytes}, hashed block by block. */
    static List<SegmentDescription> v1Segments(HashAlgorithm hashAlgorithm, long contentBytes) {
        ExampleContent content = new ExampleContent();
        MessageDigest digest = hashAlgorithm.newDigest();
        List<SegmentDescription> segments = new ArrayList<>();
        for (long offset = 0; offset < contentBytes; offset += ContentInformation.V1_SEGMENT_BYTES) {
            int segmentBytes = (int) Math.min(contentBytes - offset, ContentInformation.V1_SEGMENT_BYTES);
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            for (int at = 0; at < segmentBytes; at += ContentInformation.V1_BLOCK_BYTES) {
                digest.update(content.next(Math.min(segmentBytes - at, ContentInformation.V1_BLOCK_BYTES)));
                packed.writeBytes(hashAlgorithm.finish(digest));
            }
            segments.add(SegmentDescription.v1(
                    hashAlgorithm, offset, segmentBytes, packed.toByteArray(), serverSecret(hashAlgorithm)));
        }
        return segments;
    }

    /** The version 2.0 segments of a content cut into pieces of the given lengths. */
    static List<SegmentDescription> v2Segments(int... lengths) {
        ExampleContent content = new ExampleContent();
        HashAlgorithm hashAlgorithm = HashAlgorithm.TRUNCATED_SHA_512;
        List<SegmentDescription> segments = new ArrayList<>();
        long offset = 0;
        for (int length : lengths) {
            HashOfData hashOfData = HashOfData.of(hashAlgorithm.hash(content.next(length), 0, length));
            segments.add(SegmentDescription.v2(offset, length, hashOfData, serverSecret(hashAlgorithm)));
            offset += length;
        }
        return segments;
    }

    /** The whole content's information, version 1.0. */
    static ContentInformationV1 v1(HashAlgorithm hashAlgorithm, long contentBytes) {
        return ContentInformationV1.of(
                hashAlgorithm, new ContentRange(0, contentBytes), v1Segments(hashAlgorithm, contentBytes));
    }

    /** The whole content's information, version 2.0. */
    static ContentInformationV2 v2(int... lengths) {
        List<SegmentDescription> segments = v2Segments(lengths);
        long end = segments.get(segments.size() - 1).extent().end();
        return ContentInformationV2.of(new ContentRange(0, end), 0, segments);
    }
}
