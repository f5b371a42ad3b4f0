// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts datagrams by source and in all. Lives on one thread. */
final class RateLimiter {
    /** How many sources are told apart; the one that was silent longest makes room. A /22 has as many machines. */
    static final int MAX_SOURCES = 1_024;

    private static final int BURST_SECONDS = 2;
    private static final double NANOS_PER_SECOND = 1e9;

    private final RateLimits limits;
    private final Bucket overall;
    private final Map<InetAddress, Bucket> sources = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Bucket> eldest) {
            return size() > MAX_SOURCES;
        }
    };

    RateLimiter(RateLimits limits, long nowNanos) {
        this.limits = limits;
        overall = new Bucket(limits.overallPerSecond(), nowNanos);
    }

    /** Why a datagram from {@code source} is dropped, or {@link DatagramResult#TAKEN}. */
    DatagramResult admit(InetAddress source, long nowNanos) {
        Bucket bucket = sources.computeIfAbsent(source, any -> new Bucket(limits.perSourcePerSecond(), nowNanos));
        if (!bucket.take(nowNanos)) {
            return DatagramResult.SOURCE_LIMIT;
        }
        return overall.take(nowNanos) ? DatagramResult.TAKEN : DatagramResult.OVERALL_LIMIT;
    }

    int sources() {
        return sources.size();
    }

    private static final class Bucket {
        private final int perSecond;
        private double tokens;
        private long filledNanos;

        Bucket(int perSecond, long nowNanos) {
            this.perSecond = perSecond;
            tokens = (double) perSecond * BURST_SECONDS;
            filledNanos = nowNanos;
        }

        boolean take(long nowNanos) {
            double earned = (nowNanos - filledNanos) / NANOS_PER_SECOND * perSecond;
            tokens = Math.min((double) perSecond * BURST_SECONDS, tokens + earned);
            filledNanos = nowNanos;
            if (tokens < 1) {
                return false;
            }
            tokens--;
            return true;
        }
    }
}
