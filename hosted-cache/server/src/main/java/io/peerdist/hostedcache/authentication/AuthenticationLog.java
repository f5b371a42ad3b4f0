// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import io.peerdist.runtime.LogRate;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What client authentication tells the administrator; never a token. Who is turned away can come as often as it likes, so
 * such lines are few, and the rest stands in the metrics. Thread-safe.
 */
final class AuthenticationLog {
    private static final Logger log = LoggerFactory.getLogger(AuthenticationLog.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final int MAX_TEXT_CHARS = 256;

    private final LogRate ntlm;
    private final LogRate forbidden;
    private final LogRate refused;

    AuthenticationLog(LongSupplier nanoTime) {
        ntlm = new LogRate(INTERVAL, nanoTime);
        forbidden = new LogRate(INTERVAL, nanoTime);
        refused = new LogRate(INTERVAL, nanoTime);
    }

    void accepted(String connection, String principal, String service) {
        log.info("{}: {} is authenticated to {}", connection, printable(principal), printable(service));
    }

    void forbidden(String connection, String principal) {
        forbidden
                .next()
                .ifPresent(others -> log.warn(
                        "{}: {} may not offer: hosted-cache.authentication.allow names neither it nor its realm{}",
                        connection,
                        printable(principal),
                        besides(others)));
    }

    void ntlm(String connection) {
        ntlm.next()
                .ifPresent(others -> log.warn(
                        "{}: comes with NTLM, which this cache does not take. Its client got no Kerberos ticket: let clients"
                                + " name the cache as its service principal does (not by address), register HTTP/<that name>"
                                + " with setspn, and join the client to the domain{}",
                        connection,
                        besides(others)));
    }

    void wrongService(String connection, String principal, String service) {
        refused.next()
                .ifPresent(others -> log.warn(
                        "{}: {} has a ticket for {}, which is not this service{}",
                        connection,
                        printable(principal),
                        printable(service),
                        besides(others)));
    }

    void refused(String connection, String reason) {
        refused.next()
                .ifPresent(
                        others -> log.warn("{}: ticket refused: {}{}", connection, printable(reason), besides(others)));
    }

    private static String besides(long others) {
        return others == 0 ? "" : " (and " + others + " others since the last such line)";
    }

    /** A principal may hold anything that its domain controller lets pass. */
    private static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        text.codePoints()
                .limit(MAX_TEXT_CHARS)
                .forEach(c -> printable.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return printable.toString();
    }
}
