// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * {@code --management}: asks a running daemon through its management port. Every failure becomes one sentence and exit code
 * 1, or 2 when the option is wrong. For one thread.
 */
public final class ManagementClient {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_ANSWER_BYTES = 16 << 20; // a page of 1,000 segments is some 300 KiB

    private final String daemon;

    @Option(
            names = "--management",
            paramLabel = "URL",
            description = "The management port of the daemon. Default: ${DEFAULT-VALUE}.")
    private @Nullable URI management;

    /**
     * Asks this machine unless the user says otherwise.
     *
     * @param daemon what it is called in sentences, for example {@code hosted cache}
     */
    public ManagementClient(String daemon, int defaultPort) {
        this.daemon = daemon;
        this.management = URI.create("http://127.0.0.1:" + defaultPort);
    }

    /** The answer as JSON text. */
    public String get(String route) {
        return ask("GET", route);
    }

    /** The answer as JSON text. */
    public String post(String route) {
        return ask("POST", route);
    }

    /** The answer as JSON text. */
    public String delete(String route) {
        return ask("DELETE", route);
    }

    /** The answer's members; fails when it is not JSON. */
    public Map<?, ?> parse(String answer) {
        try {
            return JsonReader.object(answer);
        } catch (IllegalArgumentException e) {
            throw new FailureException(
                    ExitCode.WORK_FAILED,
                    base() + " did not answer as a daemon of this kind (" + daemon + ") does; check --management",
                    e);
        }
    }

    /** The host of the management port, where its daemon can be reached; an IPv6 address without brackets. */
    public String host() {
        String host = String.valueOf(URI.create(base()).getHost());
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** Whether anything listens at the management port. */
    public boolean isListening() {
        int port = URI.create(base()).getPort();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host(), port < 0 ? 80 : port), (int) CONNECT_TIMEOUT.toMillis());
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    private String ask(String method, String route) {
        HttpResponse<InputStream> response;
        String text;
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(base() + "/api/v1/" + route))
                    .method(method, BodyPublishers.noBody())
                    .build();
            HttpClient client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_TIMEOUT)
                    .build();
            response = client.send(request, BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                text = new String(body.readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8);
            }
        } catch (IllegalArgumentException e) {
            throw new FailureException(ExitCode.USAGE, "--management: " + base() + " (expected: http://HOST:PORT)", e);
        } catch (IOException e) {
            throw new FailureException(
                    ExitCode.WORK_FAILED,
                    "no " + daemon + " answers at " + base()
                            + "; start it, or name its management port with --management",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FailureException(ExitCode.WORK_FAILED, "interrupted while waiting for " + base(), e);
        }
        if (response.statusCode() != 200) {
            throw new FailureException(
                    ExitCode.WORK_FAILED, String.valueOf(parse(text).get("error")));
        }
        return text.strip();
    }

    private String base() {
        String base = String.valueOf(management);
        return base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
    }
}
