// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.codec.pchc.InitialOffer;
import io.peerdist.codec.pchc.OfferResponse;
import io.peerdist.conformance.BoundedDecoding;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The input is a request target, and a body to be traced whatever it holds. */
final class RequestTargetFuzzTest {
    private static final BoundedDecoding DECODING =
            BoundedDecoding.withoutRefusal(65_536, 64).ofText();

    private static final String ID_HEX = "00".repeat(32);

    static Stream<byte[]> seeds() {
        SegmentId id = SegmentId.ofHex(ID_HEX);
        return Stream.concat(
                Stream.of(
                                "/00/" + ID_HEX + "-511.blk",
                                "http://host/00/" + ID_HEX + "-0.blk",
                                RetrievalCodec.PATH + "?query",
                                "HTTPS://h" + HostedCacheRequest.OFFER_PATH_V2.toUpperCase(Locale.ROOT))
                        .map(text -> text.getBytes(StandardCharsets.ISO_8859_1)),
                Stream.of(
                        RetrievalCodec.encodeRequest(GetBlocks.one(id, 0)),
                        new InitialOffer(80, id).encode(),
                        OfferResponse.OK.encode()));
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrPassesOn(byte[] input) {
        String target = new String(input, StandardCharsets.ISO_8859_1);
        DECODING.of(input.length, () -> StaticBlockPath.parse(target))
                .ifPresent(path -> assertThat(target).endsWith(path.path()));
        DECODING.of(input.length, () -> RequestPath.matches(target, RetrievalCodec.PATH));
        for (String path : new String[] {RetrievalCodec.PATH, HostedCacheRequest.OFFER_PATH_V2, target}) {
            String request = DECODING.of(input.length, () -> MessageText.request(path, ByteBuffer.wrap(input)))
                    .orElseThrow();
            String response = DECODING.of(input.length, () -> MessageText.response(path, ByteBuffer.wrap(input)))
                    .orElseThrow();
            assertThat(request + response).doesNotContain("\n", "\r");
        }
        assertThat(MessageText.printable(target)).doesNotContain("\n", "\r");
    }
}
