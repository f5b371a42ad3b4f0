// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.trust;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.peerdist.codec.manifest.FeedId;
import io.peerdist.codec.manifest.ManifestCodec;
import io.peerdist.codec.manifest.ManifestKeys;
import io.peerdist.codec.manifest.ManifestPage;
import io.peerdist.codec.pccrc.ContentInformationV1;
import io.peerdist.codec.pccrc.ContentInformationV2;
import io.peerdist.codec.pccrc.ContentRange;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.conformance.Await;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A content server's manifest over TLS on loopback, with a certificate of its own, that can be made to misbehave. */
public final class TestPublisher implements AutoCloseable {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String LOCAL = "127.0.0.1";
    private static byte[] madeKeyStore = new byte[0];

    /** Every query that came with the right token. */
    public final List<String> asked = new CopyOnWriteArrayList<>();

    private final Path directory;
    private final KeyPair keys = ManifestKeys.generate(new SecureRandom());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<byte[]> entries = new CopyOnWriteArrayList<>();
    private final HttpsServer server;
    private volatile UnaryOperator<ManifestPage> change = UnaryOperator.identity();
    private volatile UnaryOperator<byte[]> corruption = UnaryOperator.identity();
    private volatile Optional<Answer> instead = Optional.empty();
    private volatile FeedId feed = FeedId.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    private volatile int entriesPerPage = 1_000;
    private volatile long issuedSeconds = 1_790_000_000L;

    /** What a handler does with an exchange in place of sending a page. */
    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    /** Listens at once; keys, token and certificate lie in {@code directory}. */
    public TestPublisher(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        Files.writeString(directory.resolve("token"), "secret-token\n");
        Files.writeString(directory.resolve("public.pem"), ManifestKeys.publicKeyPem(keys.getPublic()));
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls()));
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** Where subscribers ask. */
    public URI url() {
        return URI.create("https://" + LOCAL + ":" + server.getAddress().getPort() + ManifestCodec.PATH);
    }

    /** The settings, dotted, of a hosted cache that subscribes here. */
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("manifest.url", url().toString());
        settings.put("manifest.token-file", directory.resolve("token").toString());
        settings.put("manifest.public-key", directory.resolve("public.pem").toString());
        settings.put("manifest.certificate", directory.resolve("tls.pem").toString());
        settings.put("manifest.poll-interval", "1h");
        return settings;
    }

    /** The same for the subscription alone. */
    ManifestSettings subscriber(Duration pollInterval) {
        return new ManifestSettings(
                url(),
                directory.resolve("token"),
                directory.resolve("public.pem"),
                Optional.of(directory.resolve("tls.pem")),
                pollInterval,
                Unlisted.STORE,
                16L << 20);
    }

    /** Lists content information of {@code segment} alone. */
    public void list(SegmentDescription segment) {
        ContentRange range = new ContentRange(segment.offsetInContent(), segment.segmentBytes());
        list(
                segment.hashAlgorithm() == HashAlgorithm.TRUNCATED_SHA_512
                        ? ContentInformationV2.of(range, 0, List.of(segment)).encode()
                        : ContentInformationV1.of(segment.hashAlgorithm(), range, List.of(segment))
                                .encode());
    }

    void list(byte[] entry) {
        entries.add(entry);
    }

    void entriesPerPage(int count) {
        entriesPerPage = count;
    }

    void feed(FeedId other) {
        feed = other;
    }

    FeedId feed() {
        return feed;
    }

    void issued(long seconds) {
        issuedSeconds = seconds;
    }

    /** Forgets every entry, as a server that was restored from an old backup. */
    void restoreFromBackup(int keptEntries) {
        while (entries.size() > keptEntries) {
            entries.remove(entries.size() - 1);
        }
    }

    /** Pages are changed before they are signed. */
    void changePages(UnaryOperator<ManifestPage> changed) {
        change = changed;
    }

    /** Pages are changed after they are signed. */
    void corruptPages(UnaryOperator<byte[]> corrupted) {
        corruption = corrupted;
    }

    /** What is done in place of sending pages, until {@link #behave}. */
    void answerInstead(Answer answer) {
        instead = Optional.of(answer);
    }

    void answerInstead(int status) {
        answerInstead(exchange -> exchange.sendResponseHeaders(status, -1));
    }

    void behave() {
        change = UnaryOperator.identity();
        corruption = UnaryOperator.identity();
        instead = Optional.empty();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!"Bearer secret-token".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            asked.add(exchange.getRequestURI().toString());
            Optional<Answer> other = instead;
            if (other.isPresent()) {
                other.get().to(exchange);
                return;
            }
            ManifestPage changed = change.apply(page(exchange.getRequestURI().getQuery()));
            byte[] page = corruption.apply(ManifestCodec.encode(changed, keys.getPrivate()));
            exchange.sendResponseHeaders(200, page.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(page);
            }
        }
    }

    private ManifestPage page(String query) {
        boolean sameFeed = query.contains("feed=" + feed + "&");
        long asked = Long.parseLong(query.substring(query.indexOf("after=") + "after=".length()));
        int after = sameFeed && asked <= entries.size() ? (int) asked : 0;
        int next = Math.min(entries.size(), after + entriesPerPage);
        return new ManifestPage(
                feed, after, next, entries.size(), issuedSeconds, List.copyOf(entries.subList(after, next)));
    }

    /** Made by the keytool of this JDK, as there is no public interface that makes certificates. */
    private SSLContext tls() throws IOException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(keyStore()), PASSWORD);
            Certificate certificate = store.getCertificate("publisher");
            Base64.Encoder encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
            Files.writeString(
                    directory.resolve("tls.pem"),
                    "-----BEGIN CERTIFICATE-----\n" + encoder.encodeToString(certificate.getEncoded())
                            + "\n-----END CERTIFICATE-----\n");
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Made once; starting a JVM takes longer than all the rest of a test. */
    private static synchronized byte[] keyStore() throws IOException {
        if (madeKeyStore.length == 0) {
            Path folder = Files.createTempDirectory("publisher");
            Path file = folder.resolve("tls.p12");
            keytool(file);
            madeKeyStore = Files.readAllBytes(file);
            Files.delete(file);
            Files.delete(folder);
        }
        return madeKeyStore;
    }

    private static void keytool(Path file) throws IOException {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "publisher",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=publisher",
                        "-ext",
                        "SAN=ip:" + LOCAL,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!keytool.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS) || keytool.exitValue() != 0) {
                throw new AssertionError("keytool failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(e));
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
