// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

/** What became of a probe of a peer. */
enum ProbeResult {
    /** A match was sent. */
    ANSWERED,
    /** None of its segments is held. */
    NOT_HELD,
    /** Enough others hold them. */
    QUORUM,
    /** The same message of the same sender again. */
    DUPLICATE,
    /** Sent by this process. */
    OWN,
    /** Too many answers are on their way. */
    OVERLOAD,
    /** No address to name on that subnet. */
    NO_ADDRESS,
    /** The store failed. */
    FAILED
}
