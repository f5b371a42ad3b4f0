// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.trust;

import java.time.Instant;
import java.util.Optional;

/**
 * How the subscription stands, for the administrator.
 *
 * @param feed whose numbering is read; empty before the first page
 * @param after the number up to which everything has been read
 * @param head the greatest number the publisher was seen to have
 * @param segments how many listed segments are known
 * @param lastSuccess when everything there was had been read last
 * @param failures polls that failed since then
 * @param problem what the last of them said; empty when there was none
 */
public record SubscriptionStatus(
        String feed,
        long after,
        long head,
        long segments,
        Optional<Instant> lastSuccess,
        int failures,
        String problem) {
    /** Whether new listings do not come in: what is known is used all the same. */
    public boolean isDegraded() {
        return failures > 0;
    }

    /** In a few words. */
    public String summary() {
        String read = segments + " segments listed, read to " + after + " of " + head;
        return isDegraded() ? "degraded: " + problem + " (" + failures + " failures in a row; " + read + ")" : read;
    }
}
