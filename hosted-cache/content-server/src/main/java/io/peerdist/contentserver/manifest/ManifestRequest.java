// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.peerdist.codec.manifest.FeedId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a subscriber asks for.
 *
 * @param subscribed the feed it follows, or {@link FeedId#NONE}
 * @param after the number up to which it has everything
 */
record ManifestRequest(FeedId subscribed, long after) {
    private static final Set<String> PARAMETERS = Set.of("feed", "after");
    private static final Pattern FEED = Pattern.compile("[0-9a-fA-F]{32}");
    private static final Pattern AFTER = Pattern.compile("[0-9]{1,19}");

    /** Nothing if the query breaks its grammar. */
    static Optional<ManifestRequest> parse(QueryStringDecoder target) {
        Map<String, List<String>> query;
        try {
            query = target.parameters();
        } catch (IllegalArgumentException badEscape) {
            return Optional.empty();
        }
        if (!PARAMETERS.containsAll(query.keySet()) || query.values().stream().anyMatch(values -> values.size() != 1)) {
            return Optional.empty();
        }
        String feed =
                query.getOrDefault("feed", List.of(FeedId.NONE.toString())).get(0);
        String after = query.getOrDefault("after", List.of("0")).get(0);
        if (!FEED.matcher(feed).matches() || !AFTER.matcher(after).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ManifestRequest(FeedId.ofHex(feed), Long.parseLong(after)));
        } catch (NumberFormatException beyond63Bits) {
            return Optional.empty();
        }
    }
}
