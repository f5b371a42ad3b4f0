// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.management;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A question on the management port.
 *
 * @param method {@code GET}, {@code POST}, {@code PUT} or {@code DELETE}
 * @param path the decoded path, without the query
 * @param remainder what follows the path that the route was registered with, without slashes at its ends; empty when nothing
 * @param query the decoded query parameters
 * @param body the decoded body as UTF-8 text; empty when there is none
 * @param local whether it came from a loopback address: from this machine, of whatever user
 */
public record ApiRequest(
        String method, String path, String remainder, Map<String, List<String>> query, String body, boolean local) {
    /** The first value of a query parameter. */
    public Optional<String> queryValue(String name) {
        return query.getOrDefault(name, List.of()).stream().findFirst();
    }

    /** A query parameter that is a number, or {@code fallback} without it; empty when it is none from {@code least} to {@code most}. */
    public OptionalInt number(String name, int fallback, int least, int most) {
        try {
            int number = queryValue(name).map(Integer::parseInt).orElse(fallback);
            return number >= least && number <= most ? OptionalInt.of(number) : OptionalInt.empty();
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }
}
