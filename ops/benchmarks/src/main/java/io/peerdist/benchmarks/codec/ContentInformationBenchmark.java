// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.codec;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.ContentInformationV1;
import io.peerdist.codec.pccrc.ContentInformationV2;
import io.peerdist.codec.pccrc.ContentRange;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.ServerSecret;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
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

/** The content information of 1 GiB (MS-PCCRC 2.3 and 2.4): what a client reads first, and a content server writes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ContentInformationBenchmark { // not final: JMH extends it
    private static final int CONTENT_BYTES = 1 << 30;
    private static final int V2_SEGMENT_BYTES = 104 << 10; // about as the chunker cuts them
    private static final int HASH_BYTES = 32;

    /** The structure's version. */
    @Param({"1", "2"})
    public int version;

    private ContentInformation information = v2();
    private byte[] encoded = {};

    /** Both forms of it. */
    @Setup
    public void prepare() {
        information = version == 1 ? v1() : v2();
        encoded = information.encode();
    }

    private static ContentInformation v1() {
        ServerSecret secret = ServerSecret.derive(HashAlgorithm.SHA_256, SecretKey.of(new byte[] {1}));
        List<SegmentDescription> segments = new ArrayList<>();
        int segmentBytes = ContentInformation.V1_SEGMENT_BYTES;
        for (int at = 0; at < CONTENT_BYTES; at += segmentBytes) {
            byte[] hashes = octets(segmentBytes / ContentInformation.V1_BLOCK_BYTES * HASH_BYTES);
            segments.add(SegmentDescription.v1(HashAlgorithm.SHA_256, at, segmentBytes, hashes, secret));
        }
        return ContentInformationV1.of(HashAlgorithm.SHA_256, new ContentRange(0, CONTENT_BYTES), segments);
    }

    private static ContentInformation v2() {
        byte[] descriptions = octets(CONTENT_BYTES / V2_SEGMENT_BYTES * ContentInformationV2.DESCRIPTION_BYTES);
        for (int at = 0; at < descriptions.length; at += ContentInformationV2.DESCRIPTION_BYTES) {
            ByteBuffer.wrap(descriptions).putInt(at, V2_SEGMENT_BYTES);
        }
        return ContentInformationV2.wrap(descriptions);
    }

    private static byte[] octets(int count) {
        byte[] octets = new byte[count];
        new Random(count).nextBytes(octets);
        return octets;
    }

    /** What the content server keeps and sends. */
    @Benchmark
    public byte[] encode() {
        return information.encode();
    }

    /** What a client does with it first. */
    @Benchmark
    public ContentInformation decode() {
        return ContentInformation.decode(ByteBuffer.wrap(encoded));
    }
}
