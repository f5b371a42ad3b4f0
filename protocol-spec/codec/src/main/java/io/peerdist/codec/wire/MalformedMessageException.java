// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.wire;

/**
 * A message, header or file from outside breaks its format. The only exception that a decoder of this module throws on
 * bad input; it names the protocol, the field and where in the input the field stands, so that one log line tells the
 * administrator what a peer sent.
 */
public final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String protocol;
    private final String field;
    private final long offset;

    /**
     * @param protocol the document's short name, for example {@code MS-PCCRR}
     * @param field the field's name in that document
     * @param offset where the field starts, in octets (of a header value: in characters) from the start of the input
     * @param reason the offending value and what was expected, for example {@code 12 (expected: 16 to 98304)}
     */
    public MalformedMessageException(String protocol, String field, long offset, String reason) {
        super(protocol + " " + field + " at offset " + offset + ": " + reason);
        this.protocol = protocol;
        this.field = field;
        this.offset = offset;
    }

    /** The document's short name, for example {@code MS-PCCRR}. */
    public String protocol() {
        return protocol;
    }

    /** The name of the field that is wrong. */
    public String field() {
        return field;
    }

    /** Where the field starts, from the start of the input. */
    public long offset() {
        return offset;
    }
}
