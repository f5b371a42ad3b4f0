// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

/** How the origin answered a request for a range of the file. */
public sealed interface RangeAnswer {
    /** Bytes of the file from {@code offset} on. The body is open; who gets it closes it. */
    record Bytes(Validator validator, long offset, boolean isWholeFile, OriginBody body) implements RangeAnswer {}

    /** The file is not the one it was. */
    record Changed(String sign) implements RangeAnswer {}

    /** An error status. */
    record Refused(int status) implements RangeAnswer {
        /** Whether asking again later may help. */
        public boolean isPassing() {
            return status >= 500 || status == 408 || status == 425 || status == 429;
        }
    }
}
