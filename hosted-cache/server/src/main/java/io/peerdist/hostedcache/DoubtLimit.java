// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How many segments each client may have doubted in an hour, so that none can have a cache replaced under the others. A
 * client of IPv6 counts by its network of 64 bits, within which it chooses addresses as it likes. Thread-safe.
 */
final class DoubtLimit {
    /** Clients remembered; while all of them have doubted within the hour, no other one may. */
    static final int MAX_CLIENTS = 4_096;

    static final long WINDOW_NANOS = TimeUnit.HOURS.toNanos(1);

    private final int perWindow;
    private final Map<Long, Window> windows = new LinkedHashMap<>(); // by beginning: the eldest window stands first

    private record Window(long beganNanos, int count) {
        boolean isOver(long nowNanos) {
            return nowNanos - beganNanos > WINDOW_NANOS;
        }
    }

    DoubtLimit(int perWindow) {
        this.perWindow = perWindow;
    }

    /** Counts one more; false, and counts nothing, when {@code address} has had its share. */
    synchronized boolean take(InetAddress address, long nowNanos) {
        forgetOver(nowNanos);
        long client = client(address);
        Window window = windows.get(client);
        if (window == null) {
            if (perWindow < 1 || windows.size() >= MAX_CLIENTS) {
                return false;
            }
            windows.put(client, new Window(nowNanos, 1));
            return true;
        }
        if (window.count() >= perWindow) {
            return false;
        }
        windows.put(client, new Window(window.beganNanos(), window.count() + 1));
        return true;
    }

    private void forgetOver(long nowNanos) {
        Iterator<Window> eldestFirst = windows.values().iterator();
        while (eldestFirst.hasNext() && eldestFirst.next().isOver(nowNanos)) {
            eldestFirst.remove();
        }
    }

    /** The upper half of an IPv6 address; of IPv4 the address, which no network of IPv6 in use begins with. */
    private static long client(InetAddress address) {
        ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet6Address ? octets.getLong() : Integer.toUnsignedLong(octets.getInt());
    }
}
