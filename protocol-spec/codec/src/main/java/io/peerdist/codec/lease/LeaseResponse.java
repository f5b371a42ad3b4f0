// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.lease;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.codec.wire.WireReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers a {@link LeaseRequest}; the whole body of an HTTP response. Big-endian:
 *
 * <pre>
 * 4 magic "PDFA"   2 version, 1   2 segment count
 * per segment, in the order of the request: 1 state, 0 to 3   4 milliseconds
 * </pre>
 *
 * @param answers 1 to {@link LeaseRequest#MAX_SEGMENTS}
 */
public record LeaseResponse(List<LeaseAnswer> answers) {
    private static final int MAGIC = 0x50444641; // "PDFA"
    private static final int HEADER_BYTES = 8;
    private static final int ANSWER_BYTES = 5;

    /** The longest response. */
    public static final int MAX_BYTES = HEADER_BYTES + LeaseRequest.MAX_SEGMENTS * ANSWER_BYTES;

    /** Throws {@link IllegalArgumentException} for another number of answers. */
    public LeaseResponse {
        answers = List.copyOf(answers);
        if (answers.isEmpty() || answers.size() > LeaseRequest.MAX_SEGMENTS) {
            throw new IllegalArgumentException(
                    "answers: " + answers.size() + " (expected: 1 to " + LeaseRequest.MAX_SEGMENTS + ")");
        }
    }

    /** The whole body of an HTTP response. */
    public byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + answers.size() * ANSWER_BYTES);
        out.putInt(MAGIC).putShort((short) LeaseRequest.VERSION).putShort((short) answers.size());
        for (LeaseAnswer answer : answers) {
            out.put((byte) answer.state().code()).putInt(answer.millis());
        }
        return out.array();
    }

    /**
     * Reads the response that is all of what remains in {@code body}, whose position is not moved.
     *
     * @throws MalformedMessageException for anything else
     */
    public static LeaseResponse decode(ByteBuffer body) {
        WireReader in = new WireReader(LeaseRequest.PROTOCOL, body, ByteOrder.BIG_ENDIAN);
        int count = LeaseRequest.readHeader(in, MAGIC, ANSWER_BYTES, 0);
        List<LeaseAnswer> answers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int at = in.offset();
            LeaseState state = state(in);
            int millis = in.u32("milliseconds", 0, LeaseAnswer.MAX_MILLIS);
            try {
                answers.add(new LeaseAnswer(state, millis));
            } catch (IllegalArgumentException e) {
                throw in.malformed("milliseconds", at + 1, String.valueOf(e.getMessage()));
            }
        }
        in.end("milliseconds");
        return new LeaseResponse(answers);
    }

    private static LeaseState state(WireReader in) {
        int at = in.offset();
        int code = in.u8("state");
        for (LeaseState state : LeaseState.values()) {
            if (state.code() == code) {
                return state;
            }
        }
        throw in.malformed("state", at, code + " (expected: 0 to 3)");
    }
}
