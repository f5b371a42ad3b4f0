// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.random.RandomGenerator;

/**
 * This proxy's name in Via, by which it knows a request that it has sent on itself.
 *
 * @param name {@code peerdist (1a2b3c4d)}: the comment tells the agents of a chain apart
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-7.6.3">RFC 9110 7.6.3</a>
 */
record Via(String name) {
    private static final String PRODUCT = "peerdist";

    /** Proxies in between may drop the comment; then a request goes round this often. */
    private static final int MAX_PASSAGES = 8;

    /** A name that no other agent has. */
    static Via random(RandomGenerator random) {
        return new Via(String.format("%s (%08x)", PRODUCT, random.nextInt()));
    }

    /** Whether the request has been here. */
    boolean hasPassed(HttpHeaders headers) {
        int passages = 0;
        for (String value : headers.getAll("Via")) {
            for (String entry : value.split(",", -1)) {
                String by = entry.strip().replaceFirst("^\\S+\\s+", "");
                if (by.equals(name)) {
                    return true;
                }
                if (by.equals(PRODUCT) || by.startsWith(PRODUCT + " ")) {
                    passages++;
                }
            }
        }
        return passages >= MAX_PASSAGES;
    }
}
