// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.runtime.config.ConfigurationSection;

/**
 * What one client may ask of a hosted cache, the section {@code hosted-cache.quotas}.
 *
 * @param offersPerMinute messages that offer something; as many may come at once
 * @param bytesOutstanding octets of offered segments that wait to be pulled or are being pulled; the last one may go beyond
 */
public record QuotaSettings(int offersPerMinute, long bytesOutstanding) {
    /** The section within {@code hosted-cache}. */
    public static final String SECTION = "quotas";

    // A client that downloads at 1 Gbit/s makes 900 offers a minute of 128 segments of 64 KiB (version 2.0), or 700
    // messages about segments of 32 MiB (version 1.0, with an authentication each). Nobody downloads that fast over a
    // line for which a cache is wanted.
    private static final int DEFAULT_OFFERS_PER_MINUTE = 1_200;
    // More than the largest image or update that clients download in one go.
    private static final long DEFAULT_BYTES_OUTSTANDING = 8L << 30;
    private static final int MAX_OFFERS_PER_MINUTE = 1_000_000;
    private static final long MIN_BYTES_OUTSTANDING = 1L << 20;
    private static final long MAX_BYTES_OUTSTANDING = 1L << 50;

    /** 1,200 offers a minute, 8 GiB outstanding. */
    public static final QuotaSettings DEFAULT = new QuotaSettings(DEFAULT_OFFERS_PER_MINUTE, DEFAULT_BYTES_OUTSTANDING);

    public QuotaSettings {
        check("offers per minute", offersPerMinute, MAX_OFFERS_PER_MINUTE);
        check("bytes outstanding", bytesOutstanding, Long.MAX_VALUE);
    }

    /** Reads the section; what is wrong with it is remembered there. */
    public static QuotaSettings read(ConfigurationSection section) {
        return new QuotaSettings(
                section.integer("offers-per-minute", DEFAULT.offersPerMinute, 1, MAX_OFFERS_PER_MINUTE),
                section.dataSize(
                        "bytes-outstanding", DEFAULT.bytesOutstanding, MIN_BYTES_OUTSTANDING, MAX_BYTES_OUTSTANDING));
    }

    private static void check(String name, long value, long max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1 to " + max + ")");
        }
    }
}
