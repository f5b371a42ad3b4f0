// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.blockstore.TraceReplay.Outcome;
import io.peerdist.codec.pchc.ContentComponent;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays what a branch may ask over the policy, plain LRU and the clairvoyant optimum. The bounds leave some room: they
 * are there to break when the policy gets worse. {@code ops/benchmarks/traces} prints the table.
 */
class EvictionTracesTest {
    private static final Logger LOG = LoggerFactory.getLogger(EvictionTracesTest.class);

    /** As many as a cache of 10 GiB has. */
    private static final int EXTENTS = 40;

    private static final int CAPACITY_BLOCKS = 10_000;
    private static final long CAPACITY_BYTES = (long) CAPACITY_BLOCKS * Trace.BLOCK_BYTES;

    /** Traces of the table are longer than those that run always. */
    private static final int SCALE = Integer.getInteger("peerdist.traces.scale", 1);

    private static final long SEED = Long.getLong("peerdist.traces.seed", 20261123L);

    private record Comparison(Outcome lru, Outcome policy, Outcome best) {
        /** How much of what could be gained over LRU is gained. */
        private double gain() {
            return (policy.byteHitRatio() - lru.byteHitRatio()) / (best.byteHitRatio() - lru.byteHitRatio());
        }
    }

    private static Comparison compare(Trace trace) {
        return new Comparison(
                TraceReplay.lru(trace, CAPACITY_BYTES),
                TraceReplay.policy(trace, CAPACITY_BYTES, EXTENTS, Quotas.NONE),
                TraceReplay.clairvoyant(trace, CAPACITY_BYTES));
    }

    private static Map<String, Supplier<Trace>> traces() {
        Map<String, Supplier<Trace>> traces = new LinkedHashMap<>();
        traces.put("zipf", () -> Trace.zipf(SEED, 200_000 * SCALE));
        traces.put("zipf and scans", () -> Trace.scans(SEED, 250_000 * SCALE));
        traces.put("huge download", () -> Trace.hugeDownload(SEED, 150_000 * SCALE, 2 * CAPACITY_BLOCKS));
        traces.put("patch day", () -> Trace.patchDay(SEED, 150_000 * SCALE, 40, CAPACITY_BLOCKS / 2));
        traces.put("weeks", () -> Trace.weeks(SEED, 3 * SCALE, 15_000));
        traces.put("recency", () -> Trace.recency(SEED, 150_000 * SCALE, 1_500));
        traces.put("loop", () -> Trace.loop(SEED, 120_000 * SCALE, 12_000));
        return traces;
    }

    private static Comparison compare(String name) {
        return compare(traces().getOrDefault(name, () -> Trace.zipf(SEED, 0)).get());
    }

    @Test
    void beatsLeastRecentlyUsedWhereScansRunThroughTheWorkingSet() {
        Comparison scans = compare("zipf and scans");
        assertThat(scans.policy().byteHitRatio()).isGreaterThan(scans.lru().byteHitRatio() * 1.08);
        assertThat(scans.policy().hitRatio()).isGreaterThan(scans.lru().hitRatio() * 1.08);
        assertThat(scans.gain()).isGreaterThan(0.12);
    }

    @Test
    void keepsTheWorkingSetThroughOneHugeDownload() {
        Comparison huge = compare("huge download");
        assertThat(huge.policy().byteHitRatio())
                .isGreaterThan(huge.lru().byteHitRatio() * 1.02)
                .isGreaterThan(huge.best().byteHitRatio() * 0.7);
    }

    @Test
    void servesPatchDayAsWellAsLeastRecentlyUsed() {
        Comparison patchDay = compare("patch day");
        assertThat(patchDay.policy().byteHitRatio())
                .isGreaterThan(patchDay.lru().byteHitRatio())
                .isGreaterThan(patchDay.best().byteHitRatio() * 0.8);
    }

    @Test
    void followsInterestThatMovesOn() {
        Comparison weeks = compare("weeks");
        assertThat(weeks.policy().byteHitRatio()).isGreaterThan(weeks.lru().byteHitRatio());
    }

    @Test
    void staysCloseToLeastRecentlyUsedWherePureRecencyRules() {
        Comparison recency = compare("recency");
        assertThat(recency.policy().byteHitRatio()).isGreaterThan(recency.lru().byteHitRatio() * 0.85);
    }

    @Test
    void hitsWhereLeastRecentlyUsedNeverDoes() {
        Comparison loop = compare("loop");
        assertThat(loop.lru().hits()).isZero();
        assertThat(loop.policy().byteHitRatio()).isGreaterThan(0.3);
    }

    @Test
    void writesLittleAgainToKeepWhatIsHot() {
        for (String name : traces().keySet()) {
            Outcome policy = compare(name).policy();
            assertThat(policy.movedBytes())
                    .as("octets moved, " + name)
                    .isLessThan((policy.bytes() - policy.hitBytes()) / 2);
        }
    }

    @Test
    void neverBeatsTheClairvoyant() {
        for (String name : traces().keySet()) {
            Comparison comparison = compare(name);
            assertThat(comparison.best().hits())
                    .as(name)
                    .isGreaterThanOrEqualTo(comparison.policy().hits())
                    .isGreaterThanOrEqualTo(comparison.lru().hits());
        }
    }

    @Test
    void aGreedyTenantWithAQuotaPushesOutItsOwn() {
        Trace trace = Trace.tenants(SEED, 150_000, 3 * CAPACITY_BLOCKS);
        long quota = CAPACITY_BYTES / 4;
        Map<ContentComponent, Long> free = TraceReplay.heldAtEnd(trace, CAPACITY_BYTES, EXTENTS, Quotas.NONE);
        Map<ContentComponent, Long> limited =
                TraceReplay.heldAtEnd(trace, CAPACITY_BYTES, EXTENTS, Quotas.of(Map.of(ContentComponent.BITS, quota)));
        assertThat(free.get(ContentComponent.BITS)).isGreaterThan(quota * 5 / 4);
        // Over by no more than what an eviction takes away at once and what the window protects.
        assertThat(limited.get(ContentComponent.BITS)).isLessThan(quota * 5 / 4);
        assertThat(limited.get(ContentComponent.WININET)).isGreaterThanOrEqualTo(free.get(ContentComponent.WININET));
    }

    @Test
    void aQuotaKeepsNobodyFromFreeSpace() {
        Trace trace = Trace.tenants(SEED, 30_000, CAPACITY_BLOCKS / 4);
        Quotas quotas = Quotas.of(Map.of(ContentComponent.BITS, 0L));
        assertThat(TraceReplay.policy(trace, 4 * CAPACITY_BYTES, EXTENTS, quotas))
                .isEqualTo(TraceReplay.policy(trace, 4 * CAPACITY_BYTES, EXTENTS, Quotas.NONE));
    }

    @Test
    void printsTheTableWhenAskedTo() {
        if (!Boolean.getBoolean("peerdist.traces.print")) {
            return;
        }
        StringBuilder table = new StringBuilder("""

                | trace | requests | LRU hits / octets | policy | clairvoyant | moved per octet written |
                | --- | --- | --- | --- | --- | --- |
                """);
        traces().forEach((name, trace) -> {
            Comparison comparison = compare(trace.get());
            Outcome policy = comparison.policy();
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %d | %s | %s | %s | %.2f |%n",
                    name,
                    policy.requests(),
                    percent(comparison.lru()),
                    percent(policy),
                    percent(comparison.best()),
                    (double) policy.movedBytes() / (policy.bytes() - policy.hitBytes())));
        });
        LOG.error("Hit ratios with {} blocks in {} extents, seed {}:{}", CAPACITY_BLOCKS, EXTENTS, SEED, table);
    }

    private static String percent(Outcome outcome) {
        return String.format(Locale.ROOT, "%.1f / %.1f %%", 100 * outcome.hitRatio(), 100 * outcome.byteHitRatio());
    }
}
