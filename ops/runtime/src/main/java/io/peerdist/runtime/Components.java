// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running parts of a process, in the order they were started. Closing closes them in reverse order, one after the
 * other; a part that does not close in its share of the time is logged and left behind. Thread-safe.
 */
public final class Components implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Components.class);

    private final Clock clock;
    private final Duration closeLimit;
    private final Deque<Part> parts = new ArrayDeque<>();
    private final Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();
    private final CompletableFuture<FailureException> fatal = new CompletableFuture<>();
    private boolean closed;

    private record Part(String name, AutoCloseable component) {}

    /** No parts yet.
     *
     * @param closeLimit the time that closing all parts may take */
    public Components(Clock clock, Duration closeLimit) {
        this.clock = clock;
        this.closeLimit = closeLimit;
    }

    /**
     * Takes charge of {@code component}, which has just been started, and returns it.
     *
     * @throws IllegalStateException when the process is stopping already; the component is closed then
     */
    public <T extends AutoCloseable> T add(String name, T component) {
        boolean late;
        synchronized (this) {
            late = closed;
            if (!late) {
                parts.push(new Part(name, component));
            }
        }
        if (late) {
            closeQuietly(new Part(name, component));
            throw new IllegalStateException(name + ": started while the process is stopping");
        }
        return component;
    }

    /** Names an address that the process serves at, for the ready line: {@code http}, {@code https}, {@code management}. */
    public synchronized void serves(String name, InetSocketAddress address) {
        addresses.put(name, address);
    }

    /** The one line that tells scripts where the process serves: {@code ready http=127.0.0.1:80 management=[::1]:9000}. */
    public synchronized String readyLine() {
        List<String> words = new ArrayList<>(List.of("ready"));
        addresses.forEach((name, address) -> words.add(name + "=" + HostPort.format(address)));
        return String.join(" ", words);
    }

    /** Stops the process with {@code failure}: for what a running part finds that it cannot go on with. */
    public void fail(FailureException failure) {
        fatal.complete(failure);
    }

    /** Completed once by {@link #fail}. */
    CompletableFuture<FailureException> fatal() {
        return fatal;
    }

    /** Closes every part, the last started first. Closing again does nothing. */
    @Override
    public void close() {
        long deadlineNanos = clock.nanoTime() + closeLimit.toNanos();
        synchronized (this) {
            closed = true;
        }
        for (Part part = takeLast(); part != null; part = takeLast()) {
            // Half of what is left for each, so that one stuck part never takes the time of all the others.
            closeWithin(part, Math.max(0, deadlineNanos - clock.nanoTime()) / 2);
        }
    }

    private synchronized @Nullable Part takeLast() {
        return parts.poll();
    }

    private static void closeWithin(Part part, long limitNanos) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    closeQuietly(part);
                    done.complete(null);
                },
                "close-" + part.name());
        thread.setDaemon(true);
        thread.start();
        try {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(limitNanos)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!done.isDone()) {
            LOGGER.warn("{}: did not close in {} ms, left behind", part.name(), limitNanos / 1_000_000);
        }
    }

    private static void closeQuietly(Part part) {
        try {
            part.component().close();
        } catch (Exception e) {
            LOGGER.warn("{}: failed to close", part.name(), e);
        }
    }
}
