// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.trust;

import io.peerdist.blockstore.SubscriptionState;
import io.peerdist.codec.manifest.FeedId;
import io.peerdist.codec.manifest.ManifestCodec;
import io.peerdist.codec.manifest.ManifestKeys;
import io.peerdist.codec.manifest.ManifestPage;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.http.BoundedBody;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Asks the publisher for pages and checks their signature. Thread-safe. */
final class ManifestClient {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** For a whole page: 4 MiB over a line of 1 Mbit/s. */
    private static final Duration PAGE_TIMEOUT = Duration.ofSeconds(60);

    private static final int HTTP_OK = 200;
    private static final int HTTP_UNAUTHORIZED = 401;
    private static final int HTTP_FORBIDDEN = 403;
    private static final int MAX_TOKEN_FILE_BYTES = 8_192;
    private static final int MAX_FILE_BYTES = 1 << 20;

    private final URI url;
    private final Path tokenFile;
    private final PublicKey publicKey;
    private final HttpClient http;

    private ManifestClient(URI url, Path tokenFile, PublicKey publicKey, HttpClient http) {
        this.url = url;
        this.tokenFile = tokenFile;
        this.publicKey = publicKey;
        this.http = http;
    }

    /** Reads key and certificate; throws {@link FailureException} when that cannot be done. */
    static ManifestClient of(ManifestSettings settings) {
        HttpClient.Builder http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER) // the token goes nowhere else
                .connectTimeout(CONNECT_TIMEOUT);
        settings.certificate().ifPresent(certificate -> http.sslContext(trusting(certificate)));
        return new ManifestClient(
                settings.url(), settings.tokenFile(), publicKey(settings.publicKeyFile()), http.build());
    }

    /**
     * The page after what {@code state} has read.
     *
     * @throws PollException when there is none to be had, or it is not the publisher's
     */
    ManifestPage get(SubscriptionState state) throws PollException, InterruptedException {
        byte[] octets = send(request(state));
        try {
            return ManifestCodec.decode(ByteBuffer.wrap(octets), publicKey);
        } catch (MalformedMessageException e) {
            PollResult result = e.field().equals("signature") ? PollResult.SIGNATURE : PollResult.MALFORMED;
            throw new PollException(result, String.valueOf(e.getMessage()), e);
        }
    }

    private HttpRequest request(SubscriptionState state) throws PollException {
        String feed = state.feedId().equals(FeedId.NONE) ? "" : "feed=" + state.feedId() + "&";
        return HttpRequest.newBuilder(URI.create(url + "?" + feed + "after=" + state.after()))
                .header("Authorization", "Bearer " + token())
                .timeout(PAGE_TIMEOUT)
                .GET()
                .build();
    }

    /** Read each time, so that a new token needs no restart. */
    private String token() throws PollException {
        try {
            String token = read(tokenFile, MAX_TOKEN_FILE_BYTES)
                    .lines()
                    .findFirst()
                    .orElse("")
                    .strip();
            if (!token.matches("[!-~]+")) { // more than RFC 6750 2.1 says, and nothing that could end the header field
                throw new PollException(
                        PollResult.TOKEN, "the file " + tokenFile + " holds no bearer token in its first line");
            }
            return token;
        } catch (IOException e) {
            throw new PollException(PollResult.TOKEN, "the token in " + tokenFile + " cannot be read: " + e, e);
        }
    }

    private static BodySubscriber<byte[]> page() {
        return new BoundedBody(
                ManifestCodec.MAX_PAGE_BYTES,
                () -> new PollException(
                        PollResult.TOO_LARGE,
                        "the answer is longer than a page (expected: at most " + ManifestCodec.MAX_PAGE_BYTES
                                + " octets)"));
    }

    private byte[] send(HttpRequest request) throws PollException, InterruptedException {
        // The request's own timeout ends with the headers; the body may stall as well.
        CompletableFuture<HttpResponse<byte[]>> exchange = http.sendAsync(
                request, head -> head.statusCode() == HTTP_OK ? page() : BodySubscribers.replacing(new byte[0]));
        try {
            HttpResponse<byte[]> response = exchange.get(PAGE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
            return switch (response.statusCode()) {
                case HTTP_OK -> response.body();
                case HTTP_UNAUTHORIZED, HTTP_FORBIDDEN ->
                    throw new PollException(
                            PollResult.UNAUTHORIZED,
                            url + " answered " + response.statusCode() + ": it does not take the token in "
                                    + tokenFile);
                default ->
                    throw new PollException(
                            PollResult.STATUS, url + " answered " + response.statusCode() + " (expected: 200)");
            };
        } catch (TimeoutException e) {
            throw timeout(e);
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        } finally {
            exchange.cancel(true); // ends an exchange that is still under way
        }
    }

    private PollException failure(Throwable cause) {
        for (Throwable inner = cause; inner != null; inner = inner.getCause()) {
            if (inner instanceof PollException known) {
                return known;
            }
            if (inner instanceof HttpTimeoutException) {
                return timeout(cause);
            }
        }
        return new PollException(PollResult.CONNECT, url + " cannot be reached: " + cause, cause);
    }

    private PollException timeout(Throwable cause) {
        return new PollException(PollResult.TIMEOUT, url + " did not answer in time", cause);
    }

    private static PublicKey publicKey(Path file) {
        try {
            return ManifestKeys.readPublicKey(read(file, ManifestKeys.MAX_PEM_CHARACTERS));
        } catch (IOException | MalformedMessageException e) {
            throw unusable("public-key", file, "the content server's public key, in PEM", e);
        }
    }

    private static SSLContext trusting(Path file) {
        try (InputStream in =
                new ByteArrayInputStream(read(file, MAX_FILE_BYTES).getBytes(StandardCharsets.ISO_8859_1))) {
            KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
            anchors.load(null, null);
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                anchors.setCertificateEntry("anchor " + anchors.size(), certificate);
            }
            if (anchors.size() == 0) {
                throw unusable("certificate", file, "certificates in PEM", null);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(anchors);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw unusable("certificate", file, "certificates in PEM", e);
        }
    }

    private static String read(Path file, int maxBytes) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] octets = in.readNBytes(maxBytes + 1);
            if (octets.length > maxBytes) {
                throw new IOException(file + " is longer than " + maxBytes + " octets");
            }
            return new String(octets, StandardCharsets.ISO_8859_1);
        }
    }

    private static FailureException unusable(String key, Path file, String expected, @Nullable Exception e) {
        String reason = e == null ? "it holds none" : String.valueOf(e);
        return new FailureException(
                ExitCode.CONFIGURATION,
                "hosted-cache.manifest." + key + ": " + file + " cannot be used: " + reason + " (expected: " + expected
                        + ")",
                e);
    }
}
