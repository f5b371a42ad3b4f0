// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.trust;

/** How asking the publisher ended: the label of {@code peerdist_manifest_polls_total}. */
enum PollResult {
    /** Everything there is has been read. */
    OK("ok"),
    /** The token file cannot be read, or holds no token. */
    TOKEN("token"),
    /** No connection, or the publisher's certificate is not trusted. */
    CONNECT("connect"),
    /** No answer in time. */
    TIMEOUT("timeout"),
    /** 401 or 403: the publisher does not take the token. */
    UNAUTHORIZED("unauthorized"),
    /** Another status than 200. */
    STATUS("status"),
    /** The answer is longer than a page can be. */
    TOO_LARGE("too_large"),
    /** The answer is no page. */
    MALFORMED("malformed"),
    /** The page is not signed by the publisher. */
    SIGNATURE("signature"),
    /** The page is older than what was read before, or an old one played back. */
    ROLLBACK("rollback"),
    /** What was read could not be stored. */
    STORE("store");

    private final String label;

    PollResult(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
