// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.codec;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.ProtocolVersion;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.pccrr.RetrievalResponse;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the server does for every block besides finding and sending it: reads a {@code MSG_GETBLKS}, writes what stands
 * before and behind the ciphertext of a {@code MSG_BLK}. And what a client does: the request's bytes, the answer's fields.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RetrievalCodecBenchmark { // not final: JMH extends it
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int LAST_BLOCK = 511;

    private final SegmentId id = SegmentId.of(octets(32));
    private final byte[] iv = octets(16);
    private final GetBlocks request = GetBlocks.one(id, LAST_BLOCK);
    private final ByteBuffer encodedRequest = ByteBuffer.wrap(RetrievalCodec.encodeRequest(request));
    private final ByteBuffer encodedResponse = ByteBuffer.wrap(RetrievalCodec.encodeResponse(
            new BlockResponse(id, LAST_BLOCK, 0, CryptoAlgorithm.AES_128, octets(BLOCK_BYTES), iv)));

    private static byte[] octets(int count) {
        byte[] octets = new byte[count];
        new Random(count).nextBytes(octets);
        return octets;
    }

    /** The server's half of a request. */
    @Benchmark
    public RetrievalRequest readGetBlocks() {
        return RetrievalCodec.decodeRequest(encodedRequest);
    }

    /** The client's half of a request. */
    @Benchmark
    public byte[] writeGetBlocks() {
        return RetrievalCodec.encodeRequest(request);
    }

    /** What stands before the ciphertext. */
    @Benchmark
    public ByteBuffer writeBlockPreamble() {
        return RetrievalCodec.blockPreamble(
                ProtocolVersion.V1_0, id, LAST_BLOCK, 0, CryptoAlgorithm.AES_128, BLOCK_BYTES, iv.length);
    }

    /** What stands behind the ciphertext. */
    @Benchmark
    public ByteBuffer writeBlockTrailer() {
        return RetrievalCodec.blockTrailer(BLOCK_BYTES, iv);
    }

    /** The client's half of an answer, which copies the block out of the message. */
    @Benchmark
    public RetrievalResponse readBlockResponse() {
        return RetrievalCodec.decodeResponse(encodedResponse);
    }
}
