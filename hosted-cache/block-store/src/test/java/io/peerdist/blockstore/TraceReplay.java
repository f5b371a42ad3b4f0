// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pchc.ContentComponent;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;

/** Replays a {@link Trace} over caches of a given size and counts what they answer. */
final class TraceReplay {
    private TraceReplay() {}

    /**
     * What a cache answered.
     *
     * @param requests blocks asked for
     * @param hits of these, answered from the cache
     * @param bytes octets asked for
     * @param hitBytes of these, answered from the cache
     * @param movedBytes octets that were written again to keep them
     */
    record Outcome(long requests, long hits, long bytes, long hitBytes, long movedBytes) {
        static final Outcome NONE = new Outcome(0, 0, 0, 0, 0);

        double hitRatio() {
            return (double) hits / requests;
        }

        double byteHitRatio() {
            return (double) hitBytes / bytes;
        }

        private Outcome plus(boolean hit, int size) {
            return new Outcome(
                    requests + 1, hits + (hit ? 1 : 0), bytes + size, hitBytes + (hit ? size : 0), movedBytes);
        }

        private Outcome withMoved(long moved) {
            return new Outcome(requests, hits, bytes, hitBytes, moved);
        }
    }

    private interface Cache {
        /** Asks for the block of a request, and takes it in when it is not there; answers whether it was. */
        boolean request(long key, int index);
    }

    private static Outcome replay(Trace trace, Cache cache) {
        Outcome outcome = Outcome.NONE;
        for (int index = 0; index < trace.length(); index++) {
            long key = trace.key(index);
            outcome = outcome.plus(cache.request(key, index), Trace.bytes(key));
        }
        return outcome;
    }

    /** Least recently used goes first, to the octet: no extents, no space in reserve. */
    static Outcome lru(Trace trace, long capacityBytes) {
        Map<Long, Integer> held = new LinkedHashMap<>(16, 0.75f, true);
        long[] used = {0};
        return replay(trace, (key, index) -> {
            if (held.get(key) != null) {
                return true;
            }
            held.put(key, Trace.bytes(key));
            used[0] += Trace.bytes(key);
            var oldest = held.entrySet().iterator();
            while (used[0] > capacityBytes) {
                used[0] -= oldest.next().getValue();
                oldest.remove();
            }
            return false;
        });
    }

    /**
     * The clairvoyant: what is wanted again the latest goes first, to the octet, and a block that would go at once is not
     * taken in (Belady's MIN with bypass). With blocks of equal size nothing can be better; here almost all are equal.
     */
    static Outcome clairvoyant(Trace trace, long capacityBytes) {
        int[] next = nextWants(trace);
        Map<Long, Integer> held = new HashMap<>();
        PriorityQueue<long[]> latest = new PriorityQueue<>((a, b) -> Long.compare(b[0], a[0]));
        long[] used = {0};
        return replay(trace, (key, index) -> {
            boolean hit = held.containsKey(key);
            if (next[index] == Integer.MAX_VALUE) {
                if (hit) {
                    held.remove(key);
                    used[0] -= Trace.bytes(key);
                }
                return hit;
            }
            held.put(key, next[index]);
            latest.add(new long[] {next[index], key});
            used[0] += hit ? 0 : Trace.bytes(key);
            while (used[0] > capacityBytes) {
                long[] last = latest.remove();
                Integer wanted = held.get(last[1]);
                if (wanted != null && wanted == last[0]) {
                    held.remove(last[1]);
                    used[0] -= Trace.bytes(last[1]);
                }
            }
            return hit;
        });
    }

    private static int[] nextWants(Trace trace) {
        int[] next = new int[trace.length()];
        Map<Long, Integer> later = new HashMap<>();
        for (int index = trace.length() - 1; index >= 0; index--) {
            Integer wanted = later.put(trace.key(index), index);
            next[index] = wanted == null ? Integer.MAX_VALUE : wanted;
        }
        return next;
    }

    /** The policy of the store, over extents that exist in memory only. */
    static Outcome policy(Trace trace, long capacityBytes, int extents, Quotas quotas) {
        PolicyCache cache = new PolicyCache(trace, capacityBytes, (int) (capacityBytes / extents), quotas);
        return replay(trace, cache).withMoved(cache.movedBytes);
    }

    /** What is held at the end, by component. */
    static Map<ContentComponent, Long> heldAtEnd(Trace trace, long capacityBytes, int extents, Quotas quotas) {
        PolicyCache cache = new PolicyCache(trace, capacityBytes, (int) (capacityBytes / extents), quotas);
        replay(trace, cache);
        return cache.heldBytes;
    }

    /** A log of extents as {@link SpaceKeeper} keeps it: one extent's worth of space stays free for the next rotation. */
    private static final class PolicyCache implements Cache {
        private final Trace trace;
        private final int extentBytes;
        private final int maxExtents;
        private final EvictionPolicy policy;
        private final List<SimulatedExtent> extents = new ArrayList<>();
        private final Map<Long, Place> held = new HashMap<>();
        private final Map<ContentComponent, Long> heldBytes = new EnumMap<>(ContentComponent.class);
        private int nextExtentId;
        private long movedBytes;

        PolicyCache(Trace trace, long capacityBytes, int extentBytes, Quotas quotas) {
            this.trace = trace;
            this.extentBytes = extentBytes;
            this.maxExtents = (int) (capacityBytes / extentBytes) - 1;
            this.policy = new EvictionPolicy(new FrequencySketch(capacityBytes / Trace.BLOCK_BYTES), quotas);
            extents.add(new SimulatedExtent(nextExtentId++, extentBytes));
        }

        @Override
        public boolean request(long key, int index) {
            Place place = held.get(key);
            ContentComponent component = trace.component(index);
            int bytes = Trace.bytes(key);
            if (place != null) {
                policy.served(place.extent.use, component, hash(key), place.offset, bytes);
                return true;
            }
            if (open().usedBytes + bytes > extentBytes) {
                rotate();
            }
            append(key, component, bytes);
            policy.stored(open().use, component, hash(key), bytes);
            return false;
        }

        private static long hash(long key) {
            return key * 0x9e3779b97f4a7c15L;
        }

        private SimulatedExtent open() {
            return extents.get(extents.size() - 1);
        }

        private void append(long key, ContentComponent component, int bytes) {
            open().blocks.put(key, component);
            open().use.addLive(component, bytes);
            held.put(key, new Place(open(), open().usedBytes));
            open().usedBytes += bytes;
            heldBytes.merge(component, (long) bytes, Long::sum);
        }

        private long heldBytes(ContentComponent component) {
            return heldBytes.getOrDefault(component, 0L);
        }

        private void rotate() {
            extents.add(new SimulatedExtent(nextExtentId++, extentBytes));
            while (extents.size() > maxExtents) {
                policy.fadeIfDue(extents);
                SimulatedExtent victim = policy.victim(extents, extent -> extent != open(), this::heldBytes);
                if (victim == null) {
                    throw new IllegalStateException("no victim among " + extents.size() + " extents");
                }
                evict(victim);
            }
        }

        private int frequency(long key) {
            Place place = Objects.requireNonNull(held.get(key));
            return policy.frequency(place.extent.use, place.offset, hash(key));
        }

        private void evict(SimulatedExtent victim) {
            EvictionCensus census = new EvictionCensus();
            victim.blocks.forEach((key, component) -> census.add(component, frequency(key), Trace.bytes(key)));
            Survivors survivors = policy.survivors(census, extentBytes / 2, this::heldBytes);
            victim.blocks.forEach((key, component) -> {
                int bytes = Trace.bytes(key);
                boolean kept = survivors.keeps(component, frequency(key), bytes);
                held.remove(key);
                heldBytes.merge(component, (long) -bytes, Long::sum);
                if (kept) {
                    append(key, component, bytes);
                    policy.moved(open().use, component, hash(key), bytes);
                    movedBytes += bytes;
                }
            });
            extents.remove(victim);
        }
    }

    /** Where a block is. */
    private record Place(SimulatedExtent extent, int offset) {}

    private static final class SimulatedExtent implements EvictionPolicy.Candidate {
        private final int extentId;
        private final int extentBytes;
        private final ExtentUse use;
        private final Map<Long, ContentComponent> blocks = new LinkedHashMap<>();
        private int usedBytes;

        SimulatedExtent(int extentId, int extentBytes) {
            this.extentId = extentId;
            this.extentBytes = extentBytes;
            this.use = new ExtentUse(extentBytes);
        }

        @Override
        public int extentId() {
            return extentId;
        }

        @Override
        public int extentBytes() {
            return extentBytes;
        }

        @Override
        public ExtentUse use() {
            return use;
        }
    }
}
