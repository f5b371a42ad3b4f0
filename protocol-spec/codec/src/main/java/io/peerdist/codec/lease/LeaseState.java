// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.lease;

/** What a hosted cache says about one segment that a client wants to fetch from the origin (fetch-leases.md, 4). */
public enum LeaseState {
    /** The cache holds the segment: look it up there, now. */
    HELD(0),
    /** Fetch the segment from the origin and offer it; others wait for it as long as the answer says. */
    GRANTED(1),
    /** Another client fetches the segment, or the cache pulls it: look again after the time that the answer says. */
    WAIT(2),
    /** The cache keeps no lease for this segment or this client: fetch it from the origin, nobody waits for it. */
    UNLEASED(3);

    private final int code;

    LeaseState(int code) {
        this.code = code;
    }

    /** The octet of the message. */
    int code() {
        return code;
    }
}
