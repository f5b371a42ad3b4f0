// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.load;

import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pchc.BatchedOffer;
import io.peerdist.codec.pchc.ContentTag;
import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.codec.pchc.InitialOffer;
import io.peerdist.codec.pchc.OfferResponse;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.codec.pchc.SegmentInfo;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Offers to a hosted cache on loopback, one request after the other, as a client does (MS-PCHC 3.2). */
final class OfferSender {
    private static final String LOOPBACK = "127.0.0.1:";

    private final HttpClient http;
    private final int retrievalPort;

    /** @param retrievalPort where the cache is to fetch from */
    OfferSender(int retrievalPort) {
        this.retrievalPort = retrievalPort;
        try {
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, new TrustManager[] {new AnyServer()}, new SecureRandom());
            this.http = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .sslContext(tls)
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK offers TLS", e);
        }
    }

    /** Batches of version 2.0 over HTTP. */
    void version2(int port, List<SegmentDescriptor> segments) throws IOException, InterruptedException {
        for (int from = 0; from < segments.size(); from += BatchedOffer.MAX_DESCRIPTORS) {
            int to = Math.min(segments.size(), from + BatchedOffer.MAX_DESCRIPTORS);
            send(
                    "http://" + LOOPBACK + port,
                    HostedCacheRequest.OFFER_PATH_V2,
                    new BatchedOffer(retrievalPort, segments.subList(from, to)),
                    OfferResponse.OK);
        }
    }

    /** Pairs of messages of version 1.0 over HTTPS, for each segment. */
    void version1(int port, List<SegmentDescription> segments) throws IOException, InterruptedException {
        for (SegmentDescription segment : segments) {
            String url = "https://" + LOOPBACK + port;
            send(
                    url,
                    HostedCacheRequest.OFFER_PATH_V1,
                    new InitialOffer(retrievalPort, segment.id()),
                    OfferResponse.INTERESTED);
            send(
                    url,
                    HostedCacheRequest.OFFER_PATH_V1,
                    SegmentInfo.of(retrievalPort, ContentTag.OTHER, segment),
                    OfferResponse.OK);
        }
    }

    private void send(String url, String path, HostedCacheRequest offer, OfferResponse expected)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> response = http.send(
                HttpRequest.newBuilder(URI.create(url + path))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(offer.encode()))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200 || OfferResponse.decode(ByteBuffer.wrap(response.body())) != expected) {
            throw new IOException(
                    "the hosted cache answered " + response.statusCode() + " to an offer (expected: " + expected + ")");
        }
    }

    /** The cache's certificate is its own; it was started a moment ago, on this machine, for this. */
    private static final class AnyServer extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
