// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

/** How pulling a segment from one peer ended. */
enum PullResult {
    /** Every block is held now. */
    STORED("stored", Next.DONE),
    /** Every block was held when its turn came. */
    HELD("held", Next.DONE),
    /** Some blocks came; the peer has not got the others. */
    PARTIAL("partial", Next.OTHER_PEER),
    /** The peer has none of the blocks. */
    MISSING("missing", Next.OTHER_PEER),
    /** The peer sent something that cannot be the block; nothing of it is stored. */
    WRONG("wrong", Next.OTHER_PEER),
    /** The peer did not answer in time. */
    TIMEOUT("timeout", Next.SAME_PEER),
    /** The peer could not be connected to. */
    CONNECT("connect", Next.OTHER_PEER),
    /** The peer ended the connection, or answered with something that is not the protocol. */
    FAILED("failed", Next.OTHER_PEER),
    /** The store has no room, or rejects the block; another peer would not change that. */
    NOT_STORED("not_stored", Next.DROP),
    /** The content server does not list the segment, and only listed ones may be stored. */
    UNLISTED("unlisted", Next.DROP),
    /** The cache has too much to do; another peer would not change that. */
    OVERLOADED("overloaded", Next.DROP),
    /** The peer is left out now, and nobody else offered the segment. Not a pull, but the end of what was queued. */
    LEFT_OUT("left_out", Next.DROP),
    /** The cache was stopped. */
    STOPPED("stopped", Next.DROP);

    /** What to do about the segment afterwards. */
    enum Next {
        DONE,
        SAME_PEER,
        OTHER_PEER,
        DROP
    }

    private final String label;
    private final Next next;

    PullResult(String label, Next next) {
        this.label = label;
        this.next = next;
    }

    String label() {
        return label;
    }

    Next next() {
        return next;
    }

    /** Whether the peer did what it promised with its offer, as far as it can be blamed. */
    boolean isFaultOfPeer() {
        return this == WRONG || this == TIMEOUT || this == CONNECT || this == FAILED;
    }

    /** Whether the peer has shown that it answers. */
    boolean showsPeerAnswers() {
        return this == STORED || this == PARTIAL;
    }
}
