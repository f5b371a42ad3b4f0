// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import io.peerdist.hostedcache.authentication.SecurityContext.Established;
import io.peerdist.hostedcache.authentication.SecurityContext.Incomplete;
import io.peerdist.hostedcache.authentication.SecurityContext.Refused;
import io.peerdist.hostedcache.authentication.SecurityContext.Step;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides about the requests of one connection; it only decides, and time comes in as a parameter. Not thread-safe.
 *
 * <p>Who has shown a ticket is remembered for the connection, as IIS does when told to (authPersistNonNTLM): the message that follows an offer needs none. A ticket that is shown again counts anew, and takes the
 * place of the former even when it is refused. That is safe here, because behind TLS a connection has one client (RFC 4559 6).
 */
final class NegotiateSession {
    /** Tokens of one authentication. Kerberos needs one, or two when the client guessed another mechanism at first. */
    static final int MAX_ROUNDS = 4;
    /** Authentications of one connection that may fail; then it is closed. */
    static final int MAX_FAILURES = 4;
    /** From the first token of an authentication to its last: the request timer of a client, MS-PCHC 3.2.2. */
    static final Duration ROUNDS_LIMIT = Duration.ofSeconds(10);
    /** Then the client is asked for a ticket again: one that was locked out in the domain does not get a new one. */
    static final Duration REMEMBERED_FOR = Duration.ofHours(1);

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int HEADERS_TOO_LARGE = 431;
    private static final int UNAVAILABLE = 503;
    private static final int INITIAL_TOKEN = 0x60; // RFC 2743 3.1: only the first token of a context begins so

    private final String connection;
    private final AuthenticationSettings settings;
    private final Supplier<SecurityContext> contexts;
    private final AuthenticationMetrics metrics;
    private final AuthenticationLog log;

    private @Nullable SecurityContext context;
    private long startedNanos;
    private int rounds;
    private int failures;
    private @Nullable Client client;

    private record Client(String principal, boolean isAllowed, long untilNanos) {}

    /** What to do about a request. */
    sealed interface Verdict {}

    /**
     * Let it through.
     *
     * @param token what goes with the answer, in base64; null when nothing does
     */
    record Pass(@Nullable String token) implements Verdict {}

    /**
     * Answer it here.
     *
     * @param status of HTTP
     * @param token what goes with it, in base64; null when nothing does
     * @param close whether the connection ends with it
     */
    record Answer(int status, @Nullable String token, boolean close) implements Verdict {}

    /** Have the context take the token, and say what became of it. */
    record Ask(SecurityContext context, NegotiateCredentials credentials) implements Verdict {}

    NegotiateSession(
            String connection,
            AuthenticationSettings settings,
            Supplier<SecurityContext> contexts,
            AuthenticationMetrics metrics,
            AuthenticationLog log) {
        this.connection = connection;
        this.settings = settings;
        this.contexts = contexts;
        this.metrics = metrics;
        this.log = log;
    }

    /** A request has come, and none is being decided about. */
    Verdict request(NegotiateCredentials credentials, long nowNanos) {
        return switch (credentials.kind()) {
            case NONE -> withoutToken(nowNanos);
            case TOKEN -> withToken(credentials, nowNanos);
            case MALFORMED -> failed(AuthenticationResult.MALFORMED);
            case NTLM -> {
                log.ntlm(connection);
                yield failed(AuthenticationResult.NTLM);
            }
            case TOO_LONG -> {
                forget();
                metrics.counted(AuthenticationResult.TOO_LONG);
                yield new Answer(HEADERS_TOO_LARGE, null, true);
            }
        };
    }

    /** The context that was asked has answered. */
    Verdict stepped(Step step, long nowNanos) {
        if (step instanceof Established established) {
            return established(established, nowNanos);
        }
        if (step instanceof Incomplete incomplete) {
            if (isOverdue(nowNanos)) {
                return failed(AuthenticationResult.UNFINISHED);
            }
            metrics.counted(AuthenticationResult.CONTINUED);
            return new Answer(UNAUTHORIZED, incomplete.token(), false);
        }
        log.refused(connection, ((Refused) step).reason());
        return failed(AuthenticationResult.REFUSED);
    }

    /** The context could not be asked. */
    Verdict overloaded() {
        forget();
        metrics.counted(AuthenticationResult.OVERLOADED);
        return new Answer(UNAVAILABLE, null, true);
    }

    /** The connection is gone. */
    void close() {
        forget();
    }

    private Verdict withoutToken(long nowNanos) {
        abandon();
        if (client != null && nowNanos - client.untilNanos() < 0) {
            return admit(client, null, AuthenticationResult.REMEMBERED);
        }
        client = null;
        metrics.counted(AuthenticationResult.CHALLENGED);
        return new Answer(UNAUTHORIZED, null, false);
    }

    private Verdict withToken(NegotiateCredentials credentials, long nowNanos) {
        client = null;
        if (context != null && credentials.token()[0] == INITIAL_TOKEN) {
            abandon();
            failures++; // begins again instead of going on
            if (failures >= MAX_FAILURES) {
                return failed(AuthenticationResult.UNFINISHED);
            }
        }
        if (context == null) {
            context = contexts.get();
            startedNanos = nowNanos;
            rounds = 0;
        }
        rounds++;
        if (rounds > MAX_ROUNDS || isOverdue(nowNanos)) {
            return failed(AuthenticationResult.UNFINISHED);
        }
        return new Ask(context, credentials);
    }

    private Verdict established(Established established, long nowNanos) {
        if (!settings.serves(established.service())) {
            log.wrongService(connection, established.client(), established.service());
            return failed(AuthenticationResult.WRONG_SERVICE);
        }
        abandon();
        boolean allowed = settings.allows(established.client());
        Client known = new Client(established.client(), allowed, nowNanos + REMEMBERED_FOR.toNanos());
        client = known;
        if (allowed) {
            log.accepted(connection, established.client(), established.service());
        } else {
            log.forbidden(connection, established.client());
        }
        return admit(known, established.token(), AuthenticationResult.ACCEPTED);
    }

    private Verdict admit(Client known, @Nullable String token, AuthenticationResult result) {
        if (!known.isAllowed()) {
            metrics.counted(AuthenticationResult.FORBIDDEN);
            return new Answer(FORBIDDEN, token, false);
        }
        metrics.counted(result);
        return new Pass(token);
    }

    private Verdict failed(AuthenticationResult result) {
        forget();
        failures++;
        metrics.counted(result);
        return new Answer(UNAUTHORIZED, null, failures >= MAX_FAILURES);
    }

    private boolean isOverdue(long nowNanos) {
        return nowNanos - startedNanos > ROUNDS_LIMIT.toNanos();
    }

    private void forget() {
        abandon();
        client = null;
    }

    private void abandon() {
        if (context != null) {
            context.close();
            context = null;
        }
    }
}
