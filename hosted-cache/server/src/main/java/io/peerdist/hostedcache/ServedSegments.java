// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrc.SegmentId;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which client was served a block of which segment within the last hour. Asked and told on event loops for every block, so
 * it is cut in parts that are locked apart and for a moment only. Bounded: beyond {@link #MAX_ENTRIES} those served longest
 * ago are forgotten. Thread-safe.
 */
final class ServedSegments {
    /** Some 10 MB of memory. */
    static final int MAX_ENTRIES = 1 << 16;

    static final long REMEMBERED_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final int PARTS = 16;
    private static final int IPV4_BYTES = 4;
    private static final long IPV4_MAPPED = 0xFFFF_0000_0000L;

    private final Part[] parts;

    ServedSegments() {
        this(MAX_ENTRIES);
    }

    ServedSegments(int maxEntries) {
        int perPart = Math.max(1, maxEntries / PARTS);
        parts = IntStream.range(0, PARTS).mapToObj(part -> new Part(perPart)).toArray(Part[]::new);
    }

    /** Address and segment without the objects they came in; all of a 32-octet identifier, the beginning of a longer one. */
    private record Key(long addressHigh, long addressLow, long id0, long id1, long id2, long id3) {
        static Key of(InetAddress address, SegmentId id) {
            ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
            boolean isIpv4 = octets.remaining() == IPV4_BYTES;
            long high = isIpv4 ? 0 : octets.getLong();
            long low = isIpv4 ? IPV4_MAPPED | Integer.toUnsignedLong(octets.getInt()) : octets.getLong();
            ByteBuffer of = id.asByteBuffer();
            return new Key(high, low, of.getLong(), of.getLong(), of.getLong(), of.getLong());
        }
    }

    /** Ordered by when the client was served last. */
    private static final class Part extends LinkedHashMap<Key, Long> {
        private static final long serialVersionUID = 1L;

        private final int maxEntries;

        Part(int maxEntries) {
            super(16, 0.75f, true);
            this.maxEntries = maxEntries;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Long> eldest) {
            return size() > maxEntries;
        }
    }

    /** {@code address} was sent a block of {@code id}. */
    void served(InetAddress address, SegmentId id, long nowNanos) {
        Key key = Key.of(address, id);
        Part part = part(key);
        synchronized (part) {
            part.put(key, nowNanos);
        }
    }

    /** Whether {@code address} was sent a block of {@code id} within the last hour. */
    boolean wasServed(InetAddress address, SegmentId id, long nowNanos) {
        Key key = Key.of(address, id);
        Part part = part(key);
        synchronized (part) {
            return isRecent(part.get(key), nowNanos);
        }
    }

    /** The same, and forgets it: the client must be served again before it counts again. */
    boolean take(InetAddress address, SegmentId id, long nowNanos) {
        Key key = Key.of(address, id);
        Part part = part(key);
        synchronized (part) {
            return isRecent(part.remove(key), nowNanos);
        }
    }

    int entries() {
        int entries = 0;
        for (Part part : parts) {
            synchronized (part) {
                entries += part.size();
            }
        }
        return entries;
    }

    private static boolean isRecent(@Nullable Long servedNanos, long nowNanos) {
        return servedNanos != null && nowNanos - servedNanos <= REMEMBERED_NANOS;
    }

    private Part part(Key key) {
        return parts[(int) Math.floorMod(key.id0 ^ key.addressLow, (long) PARTS)];
    }
}
