// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

/** What became of a match of a peer. */
enum MatchResult {
    /** It named a peer for a segment that was asked for. */
    ACCEPTED,
    /** Answers no probe that is open, or another version's. */
    UNASKED,
    /** Names no segment that the probe asked for. */
    OTHER_SEGMENT,
    /** Names no address, or not that of its sender. */
    OTHER_ADDRESS,
    /** Sent by this process. */
    OWN,
    /** So many peers are known for the segment already. */
    OVERFLOW
}
