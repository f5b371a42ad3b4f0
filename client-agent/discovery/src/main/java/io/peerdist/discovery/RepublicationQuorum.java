// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import java.util.random.RandomGenerator;

/**
 * Decides whether a peer that fetched a segment from many others offers it as well. Windows begins to keep silent at 10
 * replies, which makes content vanish when a few laptops leave; the default here is 100.
 *
 * @param replies from how many on it does; at least 1
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 3.2.4.1, note 8</a>
 */
public record RepublicationQuorum(int replies) {
    /** Ten times what Windows has. */
    public static final RepublicationQuorum DEFAULT = new RepublicationQuorum(100);

    private static final double ANSWERED_SHARE = 0.33;

    /** Throws {@link IllegalArgumentException} below 1. */
    public RepublicationQuorum {
        if (replies < 1) {
            throw new IllegalArgumentException("republication quorum: " + replies + " (expected: at least 1)");
        }
    }

    /** Whether to answer for a segment about which {@code heard} was heard. */
    boolean answers(PeerReplies heard, RandomGenerator random) {
        return heard.any() < replies || (heard.complete() < replies && random.nextDouble() < ANSWERED_SHARE);
    }
}
