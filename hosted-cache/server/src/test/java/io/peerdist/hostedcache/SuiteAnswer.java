// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A retrieval response taken apart octet by octet (MS-PCCRR 2.2.5), without the codec under test. */
final class SuiteAnswer {
    final int version;
    final int type;
    final int crypto;

    private final ByteBuffer body;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Block(byte[] id, int index, int next, int crypto, byte[] octets, byte[] iv) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record BlockList(byte[] id, List<Integer> ranges, int next) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record SegmentList(byte[] requestId, List<Integer> ranges, byte[] blob) {}

    record Negotiation(int minVersion, int maxVersion) {}

    /** Reads both headers of {@code octets} and checks their sizes. */
    SuiteAnswer(byte[] octets) {
        ByteBuffer in = ByteBuffer.wrap(octets);
        assertThat(in.getInt()).as("Size").isEqualTo(octets.length - 4);
        version = in.getInt();
        type = in.getInt();
        assertThat(in.getInt()).as("MsgSize").isEqualTo(octets.length - 4);
        crypto = in.getInt();
        body = in;
    }

    Negotiation negotiation() {
        expect(SuiteBytes.NEGO_RESP, SuiteBytes.VERSION_1_0);
        Negotiation answer = new Negotiation(body.getInt(), body.getInt());
        assertThat(body.remaining()).isZero();
        return answer;
    }

    BlockList blockList() {
        expect(SuiteBytes.BLKLIST, SuiteBytes.VERSION_1_0);
        BlockList answer = new BlockList(sized(), ranges(), body.getInt());
        assertThat(body.remaining()).isZero();
        return answer;
    }

    SegmentList segmentList() {
        expect(SuiteBytes.SEGLIST, SuiteBytes.VERSION_2_0);
        byte[] requestId = octets(16);
        SegmentList answer = new SegmentList(requestId, ranges(), sized());
        assertThat(body.remaining()).isZero();
        return answer;
    }

    Block block() {
        expect(SuiteBytes.BLK, SuiteBytes.VERSION_1_0);
        byte[] id = sized();
        int index = body.getInt();
        int next = body.getInt();
        byte[] octets = sized();
        assertThat(octets(-octets.length & 3)).as("ZeroPad_2").isEqualTo(new byte[-octets.length & 3]);
        assertThat(body.getInt()).as("SizeOfVrfBlock").isZero();
        Block answer = new Block(id, index, next, crypto, octets, sized());
        assertThat(body.remaining()).isZero();
        return answer;
    }

    private void expect(int expectedType, int expectedVersion) {
        assertThat(type).as("MsgType").isEqualTo(expectedType);
        assertThat(version).as("ProtVer").isEqualTo(expectedVersion);
    }

    private List<Integer> ranges() {
        int count = body.getInt();
        List<Integer> values = new ArrayList<>();
        for (int i = 0; i < 2 * count; i++) {
            values.add(body.getInt());
        }
        return values;
    }

    private byte[] sized() {
        return octets(body.getInt());
    }

    private byte[] octets(int count) {
        byte[] octets = new byte[count];
        body.get(octets);
        return octets;
    }
}
