// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.peerdist.runtime.http.RequestRules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Decides what becomes of the requests of one program, before anything is connected to. */
final class RequestGuard {
    private static final String MAX_FORWARDS = "Max-Forwards";

    private final ProxyContext proxy;
    private final @Nullable InetAddress program;
    private final boolean restricted;

    /**
     * @param program where it runs; null for the Unix-domain socket, to which the file's mode admits
     * @param restricted whether that is another machine
     */
    RequestGuard(ProxyContext proxy, @Nullable InetAddress program, boolean restricted) {
        this.proxy = proxy;
        this.program = program;
        this.restricted = restricted;
    }

    /** What becomes of a request. */
    sealed interface Verdict {
        /** It goes on. */
        record Pass(RequestHead request) implements Verdict {}

        /** It opens a tunnel. */
        record Connect(Target target) implements Verdict {}

        /** The proxy answers it itself. */
        record Own(FullHttpResponse response) implements Verdict {}

        /** It is refused. */
        record Refused(Refusal refusal) implements Verdict {}
    }

    /** Whether the program runs on another machine. */
    boolean isRestricted() {
        return restricted;
    }

    Verdict check(HttpRequest head, SocketAddress local) {
        Refusal refusal = Refusal.of(RequestRules.check(head, Long.MAX_VALUE));
        if (refusal == null) {
            refusal = clientRefusal();
        }
        if (refusal != null) {
            return new Verdict.Refused(refusal);
        }
        if (isForMe(head)) {
            return local instanceof InetSocketAddress at
                    ? new Verdict.Own(OwnAnswers.script(head.headers().get(HttpHeaderNames.HOST), at, proxy.clock()))
                    : new Verdict.Refused(
                            Refusal.badRequest("programs cannot be set up by script for a Unix-domain socket"));
        }
        Credentials credentials = proxy.credentials();
        if (credentials != null && !credentials.admit(head.headers().get(HttpHeaderNames.PROXY_AUTHORIZATION))) {
            return new Verdict.Refused(
                    new Refusal(
                            HttpResponseStatus.PROXY_AUTHENTICATION_REQUIRED,
                            Refusal.Reason.AUTHENTICATION,
                            "this proxy wants a user and a password; give them as in http_proxy=http://user:password@host:port"));
        }
        return onwards(head);
    }

    private static boolean isForMe(HttpRequest head) {
        boolean reads = head.method().equals(HttpMethod.GET) || head.method().equals(HttpMethod.HEAD);
        return reads && head.uri().equals(ProxyAutoConfiguration.PATH);
    }

    private @Nullable Refusal clientRefusal() {
        InetAddress from = program;
        if (from == null || proxy.settings().clients().stream().anyMatch(range -> range.contains(from))) {
            return null;
        }
        return Refusal.forbidden(
                Refusal.Reason.CLIENT,
                "programs at " + from.getHostAddress()
                        + " may not use this proxy; its administrator can admit their network (agent.proxy.clients)");
    }

    private Verdict onwards(HttpRequest head) {
        if (proxy.via().hasPassed(head.headers())) {
            return new Verdict.Refused(Refusal.loop(
                    "the request has passed this proxy already; a proxy between here and the server leads back here"));
        }
        boolean tunnel = head.method().equals(HttpMethod.CONNECT);
        if (!tunnel && (head.uri().startsWith("/") || head.uri().equals("*"))) {
            return new Verdict.Refused(Refusal.badRequest(Target.shortened(head.uri())
                    + " names no server: this is a proxy and serves only " + ProxyAutoConfiguration.PATH
                    + " itself; set it as http_proxy instead of asking it directly"));
        }
        Target target;
        try {
            target = tunnel ? Target.ofTunnel(head.uri()) : Target.ofAbsolute(head.uri());
        } catch (IllegalArgumentException e) {
            return new Verdict.Refused(Refusal.badRequest(String.valueOf(e.getMessage())));
        }
        Refusal refusal = destinationRefusal(target, tunnel);
        if (refusal != null) {
            return new Verdict.Refused(refusal);
        }
        return tunnel ? new Verdict.Connect(target) : passed(head, target);
    }

    private @Nullable Refusal destinationRefusal(Target target, boolean tunnel) {
        if (tunnel && !proxy.settings().connectPorts().contains(target.port())) {
            return Refusal.forbidden(
                    Refusal.Reason.DESTINATION,
                    "tunnels to port " + target.port() + " are not allowed; the administrator can allow them"
                            + " (agent.proxy.connect-ports)");
        }
        return proxy.settings().allows(target)
                ? null
                : Refusal.forbidden(
                        Refusal.Reason.DESTINATION,
                        target.origin() + " is not among the servers that may be asked through this proxy"
                                + " (agent.proxy.allow)");
    }

    private Verdict passed(HttpRequest head, Target target) {
        boolean counted =
                head.method().equals(HttpMethod.TRACE) || head.method().equals(HttpMethod.OPTIONS);
        String forwards = counted ? head.headers().get(MAX_FORWARDS) : null;
        if (forwards != null) {
            if (!forwards.matches("\\d{1,9}")) {
                return new Verdict.Refused(Refusal.badRequest("Max-Forwards is no number"));
            }
            int left = Integer.parseInt(forwards);
            if (left == 0) {
                return new Verdict.Own(OwnAnswers.lastStop(head, proxy.clock()));
            }
            head.headers().set(MAX_FORWARDS, left - 1);
        }
        Target asked = head.method().equals(HttpMethod.OPTIONS)
                        && head.uri().indexOf('/', "http://".length()) < 0
                        && head.uri().indexOf('?') < 0
                ? new Target(target.host(), target.port(), "*")
                : target;
        RequestHead request = RequestHead.of(head, asked, proxy.via());
        return request == null
                ? new Verdict.Refused(
                        Refusal.badRequest(
                                "Connection names a field that no request can do without; the program that sent it has a defect"))
                : new Verdict.Pass(request);
    }
}
