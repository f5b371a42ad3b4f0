// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.blockstore.SubscriptionState;
import io.peerdist.codec.manifest.FeedId;
import io.peerdist.codec.manifest.ManifestPage;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PageCheckTest {
    private static final long NOW = 1_790_000_000L;
    private static final FeedId FEED = FeedId.ofHex("0123456789abcdef0123456789abcdef");
    private static final FeedId OTHER = FeedId.ofHex("ff23456789abcdef0123456789abcdef");

    @Test
    void takesTheFirstPage() throws PollException {
        assertThat(PageCheck.next(SubscriptionState.NONE, page(FEED, 0, 5, NOW), NOW))
                .isEqualTo(new SubscriptionState(FEED, 5, NOW));
    }

    @Test
    void takesThePageThatFollows() throws PollException {
        SubscriptionState before = new SubscriptionState(FEED, 5, NOW);

        assertThat(PageCheck.next(before, page(FEED, 5, 7, NOW + 1), NOW))
                .isEqualTo(new SubscriptionState(FEED, 7, NOW + 1));
    }

    @Test
    void refusesPagesThatBeginElsewhere() {
        SubscriptionState before = new SubscriptionState(FEED, 5, NOW);

        for (int after : new int[] {0, 4, 6}) {
            assertRefused(PollResult.ROLLBACK, before, page(FEED, after, 9, NOW));
        }
    }

    @Test
    void takesAnotherFeedFromItsBeginningOnly() throws PollException {
        SubscriptionState before = new SubscriptionState(FEED, 5, NOW);

        assertThat(PageCheck.next(before, page(OTHER, 0, 2, NOW), NOW)).isEqualTo(new SubscriptionState(OTHER, 2, NOW));
        assertRefused(PollResult.ROLLBACK, before, page(OTHER, 5, 6, NOW));
    }

    @Test
    void toleratesClocksThatDifferByFiveMinutes() throws PollException {
        SubscriptionState before = new SubscriptionState(FEED, 5, NOW);

        assertThat(PageCheck.next(before, page(FEED, 5, 6, NOW - 300), NOW).newestIssuedSeconds())
                .isEqualTo(NOW);
        assertRefused(PollResult.ROLLBACK, before, page(FEED, 5, 6, NOW - 301));
        assertRefused(PollResult.ROLLBACK, before, page(OTHER, 0, 6, NOW - 301));
    }

    @Test
    void isNotLockedOutByOnePageFromTheFuture() throws PollException {
        SubscriptionState after = PageCheck.next(SubscriptionState.NONE, page(FEED, 0, 5, NOW + 1_000_000), NOW);

        assertThat(after.newestIssuedSeconds()).isEqualTo(NOW + 300);
        assertThat(PageCheck.next(after, page(FEED, 5, 6, NOW + 1), NOW + 1).after())
                .isEqualTo(6);
    }

    @Test
    void standsAnyClockOfItsOwn() throws PollException {
        assertThat(PageCheck.next(SubscriptionState.NONE, page(FEED, 0, 5, NOW), -1_000_000)
                        .newestIssuedSeconds())
                .isZero();
    }

    @Test
    void refusesPageOfNoFeed() {
        assertRefused(PollResult.MALFORMED, SubscriptionState.NONE, page(FeedId.NONE, 0, 5, NOW));
    }

    private static void assertRefused(PollResult result, SubscriptionState before, ManifestPage page) {
        assertThatThrownBy(() -> PageCheck.next(before, page, NOW))
                .isInstanceOfSatisfying(
                        PollException.class, e -> assertThat(e.result()).isEqualTo(result));
    }

    private static ManifestPage page(FeedId feed, long after, long next, long issued) {
        return new ManifestPage(feed, after, next, next, issued, List.of());
    }
}
