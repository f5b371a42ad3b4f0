// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.swarm;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Stands before an origin on loopback as a line of limited speed would, and counts what comes through. Thread-safe. */
final class OriginLine implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 << 10;
    private static final int BACKLOG = 1_024;
    private static final double NANOS_PER_SECOND = 1e9;

    private final InetSocketAddress origin;
    private final long bytesPerSecond;
    private final LongSupplier nanoTime;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong received = new AtomicLong();
    private long freeNanos;

    /** Takes connections from now on, at any port. */
    OriginLine(InetSocketAddress origin, long bytesPerSecond, LongSupplier nanoTime) throws IOException {
        this.origin = origin;
        this.bytesPerSecond = bytesPerSecond;
        this.nanoTime = nanoTime;
        this.freeNanos = nanoTime.getAsLong();
        this.listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "origin-line");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Bytes that came from the origin. */
    long receivedBytes() {
        return received.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                sockets.add(client);
                Socket server = new Socket();
                sockets.add(server);
                server.connect(origin);
                start(() -> copy(client, server, false));
                start(() -> copy(server, client, true));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    System.err.println("origin line: " + e.getMessage());
                }
            }
        }
    }

    private void copy(Socket from, Socket to, boolean down) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (down) {
                    received.addAndGet(count);
                    await(count);
                }
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            // One of both is gone, and with it the connection.
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private void await(int bytes) {
        long now = nanoTime.getAsLong();
        long until;
        synchronized (this) {
            long start = Math.max(freeNanos, now);
            freeNanos = start + (long) (bytes * NANOS_PER_SECOND / bytesPerSecond);
            until = freeNanos;
        }
        while (until - now > 0) {
            LockSupport.parkNanos(until - now);
            now = nanoTime.getAsLong();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
