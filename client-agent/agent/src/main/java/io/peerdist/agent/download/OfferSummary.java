// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

/**
 * What became of the offers that followed a download.
 *
 * @param offered segments that a hosted cache was told of
 * @param pulled how many of them it has by now
 */
public record OfferSummary(int offered, int pulled) {
    /** Nothing was offered. */
    public static final OfferSummary NONE = new OfferSummary(0, 0);
}
