// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections that servers keep open, to be used again by requests on the same event loop: a request and its answer never
 * change threads. Thread-safe as far as each event loop calls for itself.
 */
// A socket that cannot even be closed is closed.
@SuppressWarnings("FutureReturnValueIgnored")
final class UpstreamPool {
    /** As many as a browser opens to one server, and a bit. */
    private static final int MAX_IDLE_PER_ROUTE = 8;

    private static final int MAX_IDLE_PER_LOOP = 64;

    /** Below what servers usually wait before they close, so that few requests meet a connection that is just closed. */
    private static final int IDLE_SECONDS = 4;

    private final Connector connector;
    private final Map<EventLoop, Shelf> shelves = new ConcurrentHashMap<>();

    UpstreamPool(Connector connector) {
        this.connector = connector;
    }

    /** What became of it, told on the event loop. */
    interface Receiver {
        void connected(UpstreamConnection connection);

        void failed(Refusal refusal);
    }

    /**
     * Gives a connection.
     *
     * @param reuse whether it may be one that has carried other requests
     */
    void open(EventLoop loop, Connector.Route route, boolean reuse, Receiver receiver) {
        UpstreamConnection kept = reuse ? shelf(loop).take(route) : null;
        if (kept != null) {
            receiver.connected(kept);
            return;
        }
        connector.connect(loop, route, UpstreamConnection::codec, new Connector.Outcome() {
            @Override
            public void connected(Channel channel) {
                receiver.connected(new UpstreamConnection(route, channel));
            }

            @Override
            public void failed(Refusal refusal) {
                receiver.failed(refusal);
            }
        });
    }

    /** Takes back a connection whose answer is complete. */
    void giveBack(UpstreamConnection connection) {
        connection.rest();
        shelf(connection.channel().eventLoop()).put(connection);
    }

    private Shelf shelf(EventLoop loop) {
        return shelves.computeIfAbsent(loop, each -> new Shelf());
    }

    /** Closes what rests; what is in use goes with its exchange. */
    void close() {
        shelves.forEach((loop, shelf) -> loop.execute(shelf::closeAll));
    }

    /** The idle connections of one event loop. */
    private static final class Shelf {
        private final Map<Connector.Route, Deque<Idle>> byRoute = new HashMap<>();
        private int count;

        private record Idle(UpstreamConnection connection, ScheduledFuture<?> expiry) {}

        @Nullable
        UpstreamConnection take(Connector.Route route) {
            Deque<Idle> idle = byRoute.get(route);
            while (idle != null && !idle.isEmpty()) {
                Idle latest = idle.removeLast();
                latest.expiry().cancel(false);
                count--;
                if (idle.isEmpty()) {
                    byRoute.remove(route);
                }
                if (latest.connection().isActive()) {
                    return latest.connection();
                }
            }
            return null;
        }

        void put(UpstreamConnection connection) {
            Deque<Idle> idle = byRoute.computeIfAbsent(connection.route(), route -> new ArrayDeque<>());
            if (count >= MAX_IDLE_PER_LOOP || idle.size() >= MAX_IDLE_PER_ROUTE || !connection.isActive()) {
                if (idle.isEmpty()) {
                    byRoute.remove(connection.route());
                }
                connection.close(false);
                return;
            }
            // Closing removes it, be it by the server, or here for its age.
            ScheduledFuture<?> expiry = connection
                    .channel()
                    .eventLoop()
                    .schedule(() -> connection.close(false), IDLE_SECONDS, TimeUnit.SECONDS);
            Idle entry = new Idle(connection, expiry);
            idle.addLast(entry);
            count++;
            connection.channel().closeFuture().addListener(closed -> remove(entry));
        }

        private void remove(Idle entry) {
            Deque<Idle> idle = byRoute.get(entry.connection().route());
            if (idle != null && idle.remove(entry)) {
                entry.expiry().cancel(false);
                count--;
                if (idle.isEmpty()) {
                    byRoute.remove(entry.connection().route());
                }
            }
        }

        void closeAll() {
            byRoute.values().stream()
                    .flatMap(idle -> java.util.List.copyOf(idle).stream())
                    .toList()
                    .forEach(entry -> entry.connection().close(false));
        }
    }
}
