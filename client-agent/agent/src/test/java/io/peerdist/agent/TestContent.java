// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.ContentInformationV1;
import io.peerdist.codec.pccrc.ContentInformationV2;
import io.peerdist.codec.pccrc.ContentRange;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.HashOfData;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.ServerSecret;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Makes contents and their content information. */
public final class TestContent {
    private static final SecretKey KEY =
            SecretKey.of("a server's secret key".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    private static final int V2_MIN_BYTES = 32 << 10;

    private TestContent() {}

    public static byte[] random(int length, long seed) {
        byte[] content = new byte[length];
        new SplittableRandom(seed).nextBytes(content);
        return content;
    }

    public static ContentInformation information(byte[] content, int version) {
        return version == 1 ? v1(content, HashAlgorithm.SHA_256) : v2(content);
    }

    public static ContentInformation v1(byte[] content, HashAlgorithm algorithm) {
        ServerSecret secret = ServerSecret.derive(algorithm, KEY);
        List<SegmentDescription> segments = new ArrayList<>();
        for (int at = 0; at < content.length; at += ContentInformation.V1_SEGMENT_BYTES) {
            int bytes = Math.min(ContentInformation.V1_SEGMENT_BYTES, content.length - at);
            ByteArrayOutputStream hashes = new ByteArrayOutputStream();
            for (int block = 0; block < bytes; block += ContentInformation.V1_BLOCK_BYTES) {
                hashes.writeBytes(algorithm.hash(
                        content, at + block, Math.min(ContentInformation.V1_BLOCK_BYTES, bytes - block)));
            }
            segments.add(SegmentDescription.v1(algorithm, at, bytes, hashes.toByteArray(), secret));
        }
        return ContentInformationV1.of(algorithm, new ContentRange(0, content.length), segments);
    }

    private static ContentInformation v2(byte[] content) {
        ServerSecret secret = ServerSecret.derive(HashAlgorithm.TRUNCATED_SHA_512, KEY);
        SplittableRandom cuts = new SplittableRandom(content.length);
        List<SegmentDescription> segments = new ArrayList<>();
        for (int at = 0; at < content.length; ) {
            int bytes = Math.min(
                    cuts.nextInt(V2_MIN_BYTES, ContentInformation.V2_MAX_SEGMENT_BYTES + 1), content.length - at);
            HashOfData hash = HashOfData.of(HashAlgorithm.TRUNCATED_SHA_512.hash(content, at, bytes));
            segments.add(SegmentDescription.v2(at, bytes, hash, secret));
            at += bytes;
        }
        return ContentInformationV2.of(new ContentRange(0, content.length), 0, segments);
    }
}
