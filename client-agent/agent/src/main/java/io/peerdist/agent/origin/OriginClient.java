// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import io.peerdist.agent.rate.RateLimit;
import io.peerdist.codec.pccrtp.ContentEncodingVersion;
import io.peerdist.codec.pccrtp.PeerDistExParams;
import io.peerdist.codec.pccrtp.PeerDistParams;
import io.peerdist.codec.wire.MalformedMessageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a content server, or any HTTP server, for files: with PeerDist as a client of MS-PCCRTP, for ranges that no peer had,
 * and plainly. Every answer is limited in time and, where it is kept in memory, in size. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrtp">MS-PCCRTP 3.1</a>
 */
public final class OriginClient {
    private static final Logger LOGGER = LoggerFactory.getLogger(OriginClient.class);
    private static final String IDENTITY = "identity";
    private static final int INITIAL_BUFFER_BYTES = 65_536;

    private final HttpClient http;
    /** Follows no redirects. */
    private final HttpClient steadfast;

    private final OriginSettings settings;
    private final RateLimit limit;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService timer;

    /**
     * Starts nothing; {@code timer} stays the caller's to close, and bodies that fall silent are cut off by it.
     *
     * @param limit for the bodies of all answers
     */
    public OriginClient(
            OriginSettings settings, RateLimit limit, ScheduledExecutorService timer, LongSupplier nanoTime) {
        this.settings = settings;
        this.limit = limit;
        this.nanoTime = nanoTime;
        this.timer = timer;
        this.http = client(settings, HttpClient.Redirect.NORMAL);
        this.steadfast = client(settings, HttpClient.Redirect.NEVER);
    }

    private static HttpClient client(OriginSettings settings, HttpClient.Redirect redirects) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(redirects)
                .connectTimeout(settings.connectTimeout());
        settings.proxies().ifPresent(builder::proxy);
        return builder.build();
    }

    /**
     * Asks for a file and offers to take content information for it.
     *
     * @param hashRequest whether the origin asked to be asked again
     * @throws IOException when there is no answer, or one that cannot be read; the message is fit for the user
     */
    public OriginAnswer ask(URI url, ContentVersion version, boolean hashRequest) throws IOException {
        HttpRequest request = request(url)
                .header("Accept-Encoding", ContentAnswers.ACCEPT_ENCODING)
                .header(ContentAnswers.PEERDIST_FIELD, ContentAnswers.peerDist())
                .header(ContentAnswers.PEERDIST_EX_FIELD, ContentAnswers.peerDistEx(version, hashRequest))
                .build();
        HttpResponse<InputStream> response = send(request);
        OriginBody body = body(response);
        try {
            OriginAnswer answer = answer(response, body);
            if (!(answer instanceof OriginAnswer.Plain)) {
                body.close();
            }
            return answer;
        } catch (IOException | RuntimeException e) {
            body.close();
            throw e;
        }
    }

    /** Asks for a file without PeerDist. */
    public OriginAnswer askPlain(URI url) throws IOException {
        HttpResponse<InputStream> response =
                send(request(url).header("Accept-Encoding", IDENTITY).build());
        OriginBody body = body(response);
        if (response.statusCode() == 200 && isIdentity(response.headers())) {
            return plain(response, body, false);
        }
        body.close();
        return new OriginAnswer.Refused(response.statusCode());
    }

    private OriginAnswer answer(HttpResponse<InputStream> response, OriginBody body) throws IOException {
        if (response.statusCode() != 200) {
            return new OriginAnswer.Refused(response.statusCode());
        }
        HttpHeaders headers = response.headers();
        if (isIdentity(headers)) {
            return plain(response, body, makeHashRequest(headers));
        }
        String encoding = ContentAnswers.encoding(headers);
        if (!ContentAnswers.isContentInformation(encoding)) {
            return ContentAnswers.unusableEncoding(encoding);
        }
        return hashes(response, body);
    }

    private static OriginAnswer plain(HttpResponse<InputStream> response, OriginBody body, boolean makeHashRequest) {
        return new OriginAnswer.Plain(
                response.uri(),
                Validator.of(response.headers()),
                response.headers().firstValueAsLong("Content-Length").orElse(-1),
                makeHashRequest,
                body);
    }

    private OriginAnswer hashes(HttpResponse<InputStream> response, OriginBody body) throws IOException {
        byte[] encoded = readBounded(body);
        if (encoded == null) {
            return new OriginAnswer.Unusable("content information: more than " + settings.maxContentInformationBytes()
                    + " bytes (expected: at most that)");
        }
        return ContentAnswers.of(response.uri(), response.headers(), encoded);
    }

    private static boolean makeHashRequest(HttpHeaders headers) {
        String value = String.join(", ", headers.allValues(PeerDistExParams.HEADER));
        try {
            return !value.isEmpty() && PeerDistExParams.parse(value).makeHashRequest();
        } catch (MalformedMessageException e) {
            LOGGER.debug("{}", e.getMessage());
            return false;
        }
    }

    private static boolean isIdentity(HttpHeaders headers) {
        return headers.allValues("Content-Encoding").stream().allMatch(value -> value.equalsIgnoreCase(IDENTITY));
    }

    private byte @Nullable [] readBounded(OriginBody body) throws IOException {
        byte[] buffer = new byte[INITIAL_BUFFER_BYTES];
        int filled = 0;
        while (true) {
            int read = body.read(buffer, filled, buffer.length - filled);
            if (read < 0) {
                return Arrays.copyOf(buffer, filled);
            }
            filled += read;
            if (filled > settings.maxContentInformationBytes()) {
                return null;
            }
            if (filled == buffer.length) {
                buffer = Arrays.copyOf(buffer, 2 * filled);
            }
        }
    }

    /** Asks for a range of a file. Who has no use for the answer any more calls {@code abort}. */
    public RangeAnswer range(RangeRequest range, RequestAbort abort) throws IOException {
        HttpRequest.Builder builder = request(range.url())
                .header("Range", "bytes=" + range.from() + "-" + (range.end() - 1))
                .header("Accept-Encoding", IDENTITY)
                .header(
                        PeerDistParams.HEADER,
                        PeerDistParams.missingDataRequest(ContentEncodingVersion.V1_1)
                                .toHeaderValue());
        if (range.ifMatch() != null) {
            builder.header("If-Match", range.ifMatch());
        }
        range.repeatFields(builder);
        HttpResponse<InputStream> response = send(range.program() == null ? http : steadfast, builder.build(), abort);
        OriginBody body = body(response);
        RangeAnswer answer = null;
        try {
            answer = isIdentity(response.headers()) || response.statusCode() >= 300
                    ? rangeAnswer(response, body, range)
                    : new RangeAnswer.Changed("its content encoding");
            return answer;
        } finally {
            if (!(answer instanceof RangeAnswer.Bytes)) {
                body.close();
            }
        }
    }

    private static RangeAnswer rangeAnswer(HttpResponse<InputStream> response, OriginBody body, RangeRequest asked)
            throws IOException {
        long from = asked.from();
        long end = asked.end();
        long fileBytes = asked.fileBytes();
        Validator validator = Validator.of(response.headers());
        return switch (response.statusCode()) {
            case 206 -> {
                ByteRange range = ByteRange.parse(
                        response.headers().firstValue("Content-Range").orElse(""));
                if (range == null || range.first() != from) {
                    throw new IOException("it sent another range than the one asked for");
                }
                yield range.fileBytes() >= 0 && range.fileBytes() != fileBytes
                        ? new RangeAnswer.Changed("its length")
                        : new RangeAnswer.Bytes(validator, from, false, body);
            }
            case 200 -> {
                long length =
                        response.headers().firstValueAsLong("Content-Length").orElse(-1);
                if (length == end - from && length != fileBytes) {
                    yield new RangeAnswer.Bytes(validator, from, false, body);
                }
                yield length >= 0 && length != fileBytes
                        ? new RangeAnswer.Changed("its length")
                        : new RangeAnswer.Bytes(validator, 0, true, body);
            }
            case 412 -> new RangeAnswer.Changed("its entity tag");
            case 416 -> new RangeAnswer.Changed("its length");
            default -> new RangeAnswer.Refused(response.statusCode());
        };
    }

    private HttpRequest.Builder request(URI url) {
        return HttpRequest.newBuilder(url).GET().timeout(settings.responseTimeout());
    }

    private OriginBody body(HttpResponse<InputStream> response) {
        return new OriginBody(response.body(), limit, settings.stallTimeout().toNanos(), nanoTime, timer);
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        return send(http, request, new RequestAbort());
    }

    private HttpResponse<InputStream> send(HttpClient client, HttpRequest request, RequestAbort abort)
            throws IOException {
        CompletableFuture<HttpResponse<InputStream>> answer =
                client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
        Runnable cancel = () -> answer.cancel(true);
        abort.begin(cancel);
        try {
            return answer.get();
        } catch (CancellationException e) {
            throw new IOException("given up", e);
        } catch (ExecutionException e) {
            throw failed(e.getCause());
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } finally {
            abort.end(cancel);
        }
    }

    private IOException failed(@Nullable Throwable cause) {
        if (cause instanceof IOException e) {
            return new IOException(OriginProblem.describe(e, settings.connectTimeout(), settings.responseTimeout()), e);
        }
        return new IOException("the request could not be made", cause);
    }
}
