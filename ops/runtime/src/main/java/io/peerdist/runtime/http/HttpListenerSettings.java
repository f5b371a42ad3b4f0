// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * How a listener treats its clients. Times are checked four times per their length, so they take up to a quarter longer.
 *
 * @param bind where to listen; port 0 means any
 * @param maxConnections connections open at once; one more is closed as soon as it is accepted
 * @param maxRequestBytes the longest request body; a longer one is answered 413
 * @param requestTimeout from the first octet of a request to its last; a slower one is answered 408
 * @param idleTimeout how long a connection may stay open without a request
 * @param writeStallTimeout how long the client may leave a response without taking one octet of it
 * @param closeTimeout how long {@link HttpListener#close} waits for requests in flight
 */
public record HttpListenerSettings(
        InetSocketAddress bind,
        int maxConnections,
        int maxRequestBytes,
        Duration requestTimeout,
        Duration idleTimeout,
        Duration writeStallTimeout,
        Duration closeTimeout) {
    private static final int DEFAULT_MAX_CONNECTIONS = 4_096;
    private static final int DEFAULT_MAX_REQUEST_BYTES = 98_304; // the longest MS-PCCRR request, MS-PCCRR 2.2
    private static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration DEFAULT_WRITE_STALL_TIMEOUT = Duration.ofSeconds(15); // MS-PCCRR upload timer
    private static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(3);

    public HttpListenerSettings {
        atLeastOne("maxConnections", maxConnections);
        atLeastOne("maxRequestBytes", maxRequestBytes);
        positive("requestTimeout", requestTimeout);
        positive("idleTimeout", idleTimeout);
        positive("writeStallTimeout", writeStallTimeout);
        if (closeTimeout.isNegative()) {
            throw new IllegalArgumentException("closeTimeout: " + closeTimeout + " (expected: 0 or more)");
        }
    }

    /** 4,096 connections, requests of 96 KiB, 15 s per request, 60 s idle, 15 s without progress, 3 s to close. */
    public static HttpListenerSettings of(InetSocketAddress bind) {
        return new HttpListenerSettings(
                bind,
                DEFAULT_MAX_CONNECTIONS,
                DEFAULT_MAX_REQUEST_BYTES,
                DEFAULT_REQUEST_TIMEOUT,
                DEFAULT_IDLE_TIMEOUT,
                DEFAULT_WRITE_STALL_TIMEOUT,
                DEFAULT_CLOSE_TIMEOUT);
    }

    public HttpListenerSettings withMaxConnections(int connections) {
        return new HttpListenerSettings(
                bind, connections, maxRequestBytes, requestTimeout, idleTimeout, writeStallTimeout, closeTimeout);
    }

    public HttpListenerSettings withMaxRequestBytes(int bytes) {
        return new HttpListenerSettings(
                bind, maxConnections, bytes, requestTimeout, idleTimeout, writeStallTimeout, closeTimeout);
    }

    public HttpListenerSettings withRequestTimeout(Duration timeout) {
        return new HttpListenerSettings(
                bind, maxConnections, maxRequestBytes, timeout, idleTimeout, writeStallTimeout, closeTimeout);
    }

    public HttpListenerSettings withIdleTimeout(Duration timeout) {
        return new HttpListenerSettings(
                bind, maxConnections, maxRequestBytes, requestTimeout, timeout, writeStallTimeout, closeTimeout);
    }

    public HttpListenerSettings withWriteStallTimeout(Duration timeout) {
        return new HttpListenerSettings(
                bind, maxConnections, maxRequestBytes, requestTimeout, idleTimeout, timeout, closeTimeout);
    }

    public HttpListenerSettings withCloseTimeout(Duration timeout) {
        return new HttpListenerSettings(
                bind, maxConnections, maxRequestBytes, requestTimeout, idleTimeout, writeStallTimeout, timeout);
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1 or more)");
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: more than 0)");
        }
    }
}
