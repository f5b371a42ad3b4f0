// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.trust;

import io.peerdist.blockstore.SubscriptionState;
import io.peerdist.codec.manifest.FeedId;
import io.peerdist.codec.manifest.ManifestPage;
import java.time.Duration;

/** Whether a page that is signed well continues what was read: {@code protocol-spec/spec/manifest.md}, section 4. */
final class PageCheck {
    /** How far the publisher's clocks may disagree with each other and with ours. */
    static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

    private PageCheck() {}

    /**
     * The state after {@code page}, which was asked for in state {@code before}.
     *
     * @throws PollException when the page does not continue it
     */
    static SubscriptionState next(SubscriptionState before, ManifestPage page, long nowSeconds) throws PollException {
        long tolerance = CLOCK_TOLERANCE.toSeconds();
        if (page.issuedSeconds() < before.newestIssuedSeconds() - tolerance) {
            throw new PollException(
                    PollResult.ROLLBACK,
                    "the page was issued " + (before.newestIssuedSeconds() - page.issuedSeconds())
                            + " s before one that was read already (expected: at most " + tolerance + ")");
        }
        if (page.feedId().equals(FeedId.NONE)) {
            throw new PollException(PollResult.MALFORMED, "the page names no feed (expected: 16 octets, not all zero)");
        }
        long expectedAfter = page.feedId().equals(before.feedId()) ? before.after() : 0;
        if (page.after() != expectedAfter) {
            throw new PollException(
                    PollResult.ROLLBACK,
                    "the page begins after " + page.after() + " of " + page.head() + " in feed " + page.feedId()
                            + " (expected: after " + expectedAfter + "); if the content server was restored from a"
                            + " backup, it needs a new feed id");
        }
        long believable = Math.min(page.issuedSeconds(), nowSeconds + tolerance);
        return new SubscriptionState(
                page.feedId(), page.next(), Math.max(before.newestIssuedSeconds(), Math.max(0, believable)));
    }
}
