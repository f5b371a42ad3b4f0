// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.conformance.Await;
import io.peerdist.retrieval.RawConnection.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StaticBlocksIT {
    private static final SegmentId ID = Blocks.id(1);
    private static final SegmentId LONG_ID = SegmentId.of(Blocks.bytes(4, 64));
    private static final byte[] CIPHERTEXT = Blocks.bytes(5, Blocks.V2_CIPHERTEXT_BYTES);

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<String> served = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private FileSegmentSource source;

    @BeforeEach
    void open() throws Exception {
        source = new FileSegmentSource(directory);
        source.hold(ID, 3, CryptoAlgorithm.AES_128, Blocks.iv(3), CIPHERTEXT);
        source.hold(ID, 7, CryptoAlgorithm.NONE, new byte[0], Blocks.bytes(7, 61));
        source.hold(LONG_ID, 0, CryptoAlgorithm.AES_256, Blocks.iv(0), Blocks.bytes(0, 64));
    }

    @AfterEach
    void close() throws Exception {
        for (int i = toClose.size() - 1; i >= 0; i--) {
            toClose.get(i).close();
        }
        source.close();
        assertThat(source.open()).as("blocks left open").isZero();
        assertThat(source.closedTwice).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource(
            value = CryptoAlgorithm.class,
            names = {"AES_128", "NONE", "AES_256"})
    void bringsTheOctetsThatAnswerTheMessage(CryptoAlgorithm algorithm) throws Exception {
        SegmentId id = algorithm == CryptoAlgorithm.AES_256 ? LONG_ID : ID;
        int index = algorithm == CryptoAlgorithm.AES_256 ? 0 : algorithm == CryptoAlgorithm.NONE ? 7 : 3;
        try (RawConnection connection = new RawConnection(listen(settings()).address())) {
            byte[] message = connection
                    .post(RetrievalCodec.PATH, RetrievalCodec.encodeRequest(GetBlocks.one(id, index)))
                    .receive()
                    .body();

            Response response = get(connection, path(id, index));

            assertThat(response.statusLine()).startsWith("HTTP/1.1 200 ");
            assertThat(response.body()).isEqualTo(message);
            assertThat(response.headers())
                    .containsEntry("content-type", "application/octet-stream")
                    .containsEntry("content-length", Integer.toString(message.length));
            assertThat(response.headers().get("etag")).matches("\"[0-9a-f-]+\"");
        }
        Await.until("counted", () -> requests("served") == 1);
        Await.until("told", () -> served.size() == 2);
        assertThat(served).containsExactly(id + ":" + index, id + ":" + index);
    }

    @Test
    void bringsTheHeadersAloneForHead() throws Exception {
        try (RawConnection connection = new RawConnection(listen(settings()).address())) {
            Response whole = get(connection, path(ID, 3));
            byte[] request = ("HEAD " + path(ID, 3) + " HTTP/1.1\r\nHost: x\r\n\r\n")
                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII);

            Response head = connection.send("", request).receiveHead();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.headers()).isEqualTo(whole.headers());
            // What comes next on the connection is the next answer, not a body.
            assertThat(get(connection, path(ID, 3)).body()).isEqualTo(whole.body());
        }
        Await.until("counted", () -> requests("served") == 3);
        assertThat(served).hasSize(2);
        Await.until(
                "octets of two blocks",
                () -> registry.get("peerdist_served_bytes").counter().count() == 2.0 * CIPHERTEXT.length);
    }

    @Test
    void answersAMissWith404AndKeepsTheConnection() throws Exception {
        try (RawConnection connection = new RawConnection(listen(settings()).address())) {
            for (String path : List.of(path(ID, 4), path(Blocks.id(2), 0), path(ID, 511))) {
                Response response = get(connection, path);

                assertThat(response.status()).isEqualTo(404);
                assertThat(response.headers())
                        .containsEntry("content-length", "0")
                        .doesNotContainKey("etag");
            }
            assertThat(get(connection, path(ID, 3)).status()).isEqualTo(200);
        }
        Await.until("counted", () -> requests("empty") == 3);
    }

    @Test
    void answersWith304WhenTheClientHasTheOctets() throws Exception {
        try (RawConnection connection = new RawConnection(listen(settings()).address())) {
            String tag = get(connection, path(ID, 3)).headers().get("etag");

            for (String wanted : List.of(tag, "*", "W/" + tag, "\"other\", " + tag, "\"a\"\nIf-None-Match: " + tag)) {
                Response response = get(connection, path(ID, 3), "If-None-Match: " + wanted + "\n");

                assertThat(response.status()).as(wanted).isEqualTo(304);
                assertThat(response.headers()).containsEntry("etag", tag);
            }
            assertThat(get(connection, path(ID, 3), "If-None-Match: \"other\"\n")
                            .status())
                    .isEqualTo(200);
            assertThat(get(connection, path(ID, 4), "If-None-Match: *\n").status())
                    .isEqualTo(404);
        }
        Await.until("counted", () -> requests("not_modified") == 5);
    }

    @Test
    void tagsOtherOctetsOtherwise() throws Exception {
        try (RawConnection connection = new RawConnection(listen(settings()).address())) {
            String tag = get(connection, path(ID, 3)).headers().get("etag");
            assertThat(get(connection, path(ID, 3)).headers()).containsEntry("etag", tag);

            source.hold(ID, 5, CryptoAlgorithm.AES_128, Blocks.iv(5), Blocks.bytes(5, 64)); // another next block
            String nextTag = get(connection, path(ID, 3)).headers().get("etag");
            source.hold(ID, 3, CryptoAlgorithm.AES_128, Blocks.iv(3), Blocks.bytes(6, CIPHERTEXT.length));
            String blockTag = get(connection, path(ID, 3)).headers().get("etag");

            assertThat(List.of(tag, nextTag, blockTag)).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void refusesOtherMethods(String method) throws Exception {
        try (RawConnection connection = new RawConnection(listen(settings()).address())) {
            Response response = connection
                    .send(method + " " + path(ID, 3) + " HTTP/1.1\nHost: x\nContent-Length: 0\n\n", new byte[0])
                    .receive();

            assertThat(response.status()).isEqualTo(405);
            assertThat(response.headers()).containsEntry("allow", "GET, HEAD");
            assertThat(get(connection, path(ID, 3)).status()).isEqualTo(200);
        }
    }

    @Test
    void leavesEveryOtherPathToTheNextHandler() throws Exception {
        HttpLoopback listener = listen(settings());
        String path = path(ID, 3);
        try (RawConnection connection = new RawConnection(listener.address())) {
            for (String other : List.of(path + "?", path + "/", "/x" + path, path.replace("-3", "-03"), "/")) {
                assertThat(get(connection, other).status()).as(other).isEqualTo(404);
            }
        }
        assertThat(listener.passedOn).hasValue(5);
    }

    @Test
    void aPeerServesMessagesOnly() throws Exception {
        HttpLoopback listener = listen(RetrievalServerSettings.peer());
        try (RawConnection connection = new RawConnection(listener.address())) {
            assertThat(get(connection, path(ID, 3)).status()).isEqualTo(404);
        }
        assertThat(listener.passedOn).hasValue(1);
    }

    @Test
    void servesHttp10AndEndsTheConnection() throws Exception {
        try (RawConnection connection = new RawConnection(listen(settings()).address())) {
            Response response = connection
                    .send("GET " + path(ID, 3) + " HTTP/1.0\n\n", new byte[0])
                    .receive();

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.headers()).doesNotContainKey("transfer-encoding");
            assertThat(connection.isAtEnd()).isTrue();
        }
    }

    @Test
    void readsTheDiskWhenMemoryDoesNotKnow() throws Exception {
        source.forgetful = true;
        source.unchecked = true;
        try (RawConnection connection = new RawConnection(listen(settings()).address())) {
            assertThat(get(connection, path(ID, 3)).body()).hasSize(131_180);
            assertThat(get(connection, path(ID, 4)).status()).isEqualTo(404);
            source.damaged = true;
            assertThat(get(connection, path(ID, 3)).status()).isEqualTo(404);
        }
    }

    @Test
    void answersWith503WhatAnotherTryMayBring() throws Exception {
        source.forgetful = true;
        HttpLoopback overloaded = listen(settings(), task -> {
            throw new RejectedExecutionException("full");
        });
        try (RawConnection connection = new RawConnection(overloaded.address())) {
            Response response = get(connection, path(ID, 3));

            assertThat(response.status()).isEqualTo(503);
            assertThat(response.headers()).doesNotContainKey("retry-after");
        }
        Await.until("counted", () -> requests("overloaded") == 1);

        source.onDisk = () -> {
            throw new IllegalStateException("the disk is on fire");
        };
        try (RawConnection connection = new RawConnection(listen(settings()).address())) {
            assertThat(get(connection, path(ID, 3)).status()).isEqualTo(503);
        }
        Await.until("counted", () -> requests("failed") == 1);
    }

    private static String path(SegmentId id, int index) {
        return new StaticBlockPath(id, index).path();
    }

    private static Response get(RawConnection connection, String path) throws IOException {
        return get(connection, path, "");
    }

    private static Response get(RawConnection connection, String path, String headers) throws IOException {
        return connection
                .send("GET " + path + " HTTP/1.1\nHost: x\n" + headers + "\n", new byte[0])
                .receive();
    }

    private static RetrievalServerSettings settings() {
        return RetrievalServerSettings.hostedCache();
    }

    private HttpLoopback listen(RetrievalServerSettings settings) {
        return listen(settings, Runnable::run);
    }

    private HttpLoopback listen(RetrievalServerSettings settings, Executor disk) {
        RetrievalServer server = new RetrievalServer(source, settings, disk, registry);
        server.addListener((remote, id, index) -> served.add(id + ":" + index));
        HttpLoopback listener = new HttpLoopback(server);
        toClose.add(listener);
        return listener;
    }

    private double requests(String result) {
        return registry.get("peerdist_block_requests")
                .tag("role", "hosted_cache")
                .tag("message", "static_block")
                .tag("result", result)
                .counter()
                .count();
    }
}
