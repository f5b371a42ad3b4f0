// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.manifest.FeedId;

/**
 * How far a subscriber has read a manifest, kept with what it read.
 *
 * @param feedId whose numbering, {@link FeedId#NONE} before the first page
 * @param after the number up to which every entry has been seen
 * @param newestIssuedSeconds when the newest page seen was signed, in seconds since 1970; 0 before the first
 */
public record SubscriptionState(FeedId feedId, long after, long newestIssuedSeconds) {
    /** Before the first page. */
    public static final SubscriptionState NONE = new SubscriptionState(FeedId.NONE, 0, 0);

    /** Throws {@link IllegalArgumentException} for negative numbers. */
    public SubscriptionState {
        if (after < 0 || newestIssuedSeconds < 0) {
            throw new IllegalArgumentException(
                    "after, newest issued: " + after + ", " + newestIssuedSeconds + " (expected: 0 or more)");
        }
    }
}
