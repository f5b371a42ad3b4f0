// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.SegmentDescription;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The header fields that real clients send, and what they expect of the answer. */
final class PeerDistRequests {
    /** As measured, in iPXE's order. */
    static final String[] IPXE = {
        "Accept-Encoding: peerdist",
        "Connection: keep-alive",
        "User-Agent: iPXE/2.0.0+",
        "X-P2P-PeerDistEx: MinContentInformation=1.0, MaxContentInformation=2.0",
        "X-P2P-PeerDist: Version=1.1",
    };

    /** As Internet Explorer on Windows 7 sends them: no version of content information but 1.0. */
    static final String[] V1_ONLY = {"Accept-Encoding: gzip, deflate, peerdist", "X-P2P-PeerDist: Version=1.0"};

    /** No peer had the data. */
    static final String MISSING = "X-P2P-PeerDist: Version=1.1, MissingDataRequest=true";

    private PeerDistRequests() {}

    /** Every block of {@code content} has the hash that {@code encoded} lists. */
    static void assertDescribes(byte[] encoded, int version, byte[] content) {
        ContentInformation information = ContentInformation.decode(ByteBuffer.wrap(encoded));
        assertThat(information.version()).isEqualTo(version);
        assertThat(information.range().offset()).isZero();
        assertThat(information.range().length()).isEqualTo(content.length);
        long at = 0;
        for (SegmentDescription segment : information.segments()) {
            assertThat(segment.offsetInContent()).isEqualTo(at);
            assertThat(segment.provesHashOfData()).isTrue();
            for (int i = 0; i < segment.blockCount(); i++) {
                int offset = (int) at + i * segment.blockBytes();
                assertThat(segment.matches(i, content, offset, segment.blockLength(i)))
                        .isTrue();
            }
            at += segment.segmentBytes();
        }
        assertThat(at).isEqualTo(content.length);
    }

    static String[] with(String[] fields, String another) {
        String[] more = Arrays.copyOf(fields, fields.length + 1);
        more[fields.length] = another;
        return more;
    }
}
