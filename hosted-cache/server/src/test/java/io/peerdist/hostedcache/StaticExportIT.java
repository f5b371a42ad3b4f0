// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.peerdist.blockstore.PutResult;
import io.peerdist.blockstore.SegmentAttributes;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.hostedcache.cli.HostedCacheCommand;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.cli.CommandLines;
import io.peerdist.runtime.management.DaemonMetrics;
import io.peerdist.runtime.management.ManagementContent;
import io.peerdist.runtime.management.ManagementServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StaticExportIT extends HostedCacheServerFixture {
    private static final String ID = "0123456789abcdef".repeat(4);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<HttpServer> servers = new ArrayList<>();
    private String management;
    private Path tree;

    private record Output(int exitCode, String out, String err) {}

    @BeforeEach
    void startManagement() {
        DaemonMetrics metrics = components.add("metrics", new DaemonMetrics());
        ManagementContent content = ManagementContent.of("test");
        HostedCacheApi.register(cache, content);
        ManagementServer server = components.add(
                "management",
                ManagementServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        loops,
                        Clock.system(),
                        metrics.registry(),
                        content));
        management = "http://" + HostPort.format(server.localAddress());
        tree = directory.resolve("tree");
    }

    @AfterEach
    void stopServers() {
        servers.forEach(server -> server.stop(0));
    }

    @Test
    void writesATreeThatAFileServerServesAsTheCacheDoes() throws Exception {
        SuiteContent v1 = SuiteContent.v1(1, 4 * SuiteContent.V1_BLOCK_BYTES + 5);
        SuiteContent v2 = SuiteContent.v2(2, 131_072, 1_000);
        pullAnother(v1);
        pullAnother(v2);

        Output output = export();

        assertThat(output.err()).isEmpty();
        assertThat(output.out())
                .startsWith("exported 7 blocks, ")
                .contains(" of 3 segments; 0 blocks were there already, 0 are gone meanwhile, 0 could not be had, to "
                        + tree);
        assertThat(output.exitCode()).isEqualTo(ExitCode.OK.code());
        assertThat(files())
                .hasSize(7)
                .allSatisfy(file -> assertThat(file).matches("[0-9a-f]{2}/[0-9a-f]{64}-\\d\\.blk"));
        InetSocketAddress fileServer = serve(this::file);
        for (SuiteContent content : List.of(v1, v2)) {
            for (SuiteContent.Segment segment : content.segments()) {
                for (int i = 0; i < segment.blockCount(); i++) {
                    String path = "/" + path(segment.id(), i);
                    byte[] octets = get(fileServer, path).body();

                    SuiteAnswer.Block block = new SuiteAnswer(octets).block();
                    assertThat(block.id()).isEqualTo(segment.id());
                    assertThat(block.index()).isEqualTo(i);
                    assertThat(SuiteContent.decrypt(AES_128, segment.secret(), block.iv(), block.octets()))
                            .isEqualTo(segment.block(i));
                    assertThat(octets).isEqualTo(get(cache.address(), path).body());
                    assertThat(octets)
                            .isEqualTo(client.retrieve(SuiteBytes.getBlocks(segment.id(), AES_128, i, 1))
                                    .body());
                }
            }
        }
    }

    @Test
    void theCacheServesBlocksAsFilesOnItsPort() throws Exception {
        SuiteContent content = SuiteContent.v2(3, 131_072);
        pullAnother(content);
        String path = "/" + path(content.segments().get(0).id(), 0);

        HttpResponse<byte[]> block = get(cache.address(), path);
        HttpResponse<byte[]> head = send("HEAD", cache.address(), path);

        assertThat(block.statusCode()).isEqualTo(200);
        assertThat(block.body()).hasSize(131_180);
        assertThat(block.headers().firstValue("etag")).isPresent();
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        for (String name : List.of("content-length", "content-type", "etag")) {
            assertThat(head.headers().firstValue(name))
                    .as(name)
                    .isEqualTo(block.headers().firstValue(name));
        }
        assertThat(get(cache.address(), path.replace("-0.blk", "-1.blk")).statusCode())
                .isEqualTo(404);
        assertThat(get(cache.address(), path.replace("-0.blk", "-00.blk")).statusCode())
                .isEqualTo(404);
        assertThat(send("PUT", cache.address(), path).statusCode()).isEqualTo(405);
    }

    @Test
    void goesOnWhereItStopped() throws Exception {
        SuiteContent content = SuiteContent.v2(4, 131_072, 1_000, 2_000);
        pullAnother(content);
        export();
        Path whole = tree.resolve(path(content.segments().get(0).id(), 0));
        Path cut = tree.resolve(path(content.segments().get(1).id(), 0));
        Path missing = tree.resolve(path(content.segments().get(2).id(), 0));
        byte[] octets = Files.readAllBytes(cut);
        FileTime before = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(whole, before);
        Files.write(cut, java.util.Arrays.copyOf(octets, octets.length - 1));
        Files.delete(missing);
        Files.write(missing.resolveSibling("." + missing.getFileName() + ".part"), new byte[200_000]);

        Output output = export();

        assertThat(output.exitCode()).isEqualTo(ExitCode.OK.code());
        assertThat(output.out()).startsWith("exported 2 blocks, ").contains("; 1 blocks were there already");
        assertThat(Files.getLastModifiedTime(whole)).isEqualTo(before);
        assertThat(cut).hasBinaryContent(octets);
        assertThat(files()).hasSize(3).allMatch(file -> file.endsWith(".blk"));
    }

    @Test
    void pagesThroughALongListAndSaysSo() throws Exception {
        for (int i = 0; i < 501; i++) {
            put(Segments.v2(i, 10));
        }

        Output output = export();

        assertThat(output.exitCode()).isEqualTo(ExitCode.OK.code());
        assertThat(output.out()).startsWith("exported 501 blocks, ").contains(" of 501 segments");
        assertThat(output.err().lines()).singleElement().asString().matches("500 blocks, .* so far");
        assertThat(files()).hasSize(501);
    }

    @Test
    void writesNothingButBlocksWhateverTheManagementPortSays() throws Exception {
        for (String wrong : List.of("../../etc/passwd", ID.toUpperCase(java.util.Locale.ROOT), "", "x".repeat(64))) {
            InetSocketAddress liar = serve(listing(wrong, "0"));

            Output output = run("--management", "http://" + HostPort.format(liar), "--cache", cacheAddress());

            assertThat(output.exitCode()).isEqualTo(ExitCode.WORK_FAILED.code());
            assertThat(output.err()).contains("lists a segment \"" + wrong + "\"");
        }
        InetSocketAddress liar = serve(listing(ID, "0-x"));
        assertThat(run("--management", "http://" + HostPort.format(liar), "--cache", cacheAddress())
                        .exitCode())
                .isEqualTo(ExitCode.WORK_FAILED.code());
        assertThat(Files.exists(tree)).isFalse();
    }

    @Test
    void keepsNothingThatIsNotTheBlock() throws Exception {
        InetSocketAddress lists = serve(listing(ID, "3"));
        byte[] other = ServerRolePeer.block(SuiteContent.v2(1, 100).segments().get(0), 0, AES_128);
        for (byte[] wrong : List.of(other, new byte[0], new byte[500_000], "<html>".getBytes(StandardCharsets.UTF_8))) {
            InetSocketAddress liar = serve(exchange -> answer(exchange, 200, wrong));

            Output output = run("--management", "http://" + HostPort.format(lists), "--cache", HostPort.format(liar));

            assertThat(output.exitCode()).isEqualTo(ExitCode.WORK_FAILED.code());
            assertThat(output.err()).startsWith("peerdist: export to " + tree + " stopped after 0 blocks");
        }
        assertThat(Files.exists(tree)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 400, 500})
    void stopsWhenWhatAnswersIsNoHostedCache(int status) throws Exception {
        InetSocketAddress lists = serve(listing(ID, "0"));
        InetSocketAddress other = serve(exchange -> answer(exchange, status, new byte[0]));

        Output output = run("--management", "http://" + HostPort.format(lists), "--cache", HostPort.format(other));

        assertThat(output.exitCode()).isEqualTo(ExitCode.WORK_FAILED.code());
        assertThat(output.err()).contains("answered " + status).contains("start it again to go on");
    }

    @Test
    void takesABlockThatIsGoneMeanwhileForNoFailureAndOneThatIsRefusedForOne() throws Exception {
        InetSocketAddress lists = serve(listing(ID, "0-1,511"));
        InetSocketAddress empty = serve(exchange -> answer(exchange, 404, new byte[0]));
        Output gone = run("--management", "http://" + HostPort.format(lists), "--cache", HostPort.format(empty));
        assertThat(gone.exitCode()).isEqualTo(ExitCode.OK.code());
        assertThat(gone.out()).contains("3 are gone meanwhile, 0 could not be had");

        InetSocketAddress one = serve(listing(ID, "0"));
        InetSocketAddress busy = serve(exchange -> answer(exchange, 503, new byte[0]));
        Output refused = run("--management", "http://" + HostPort.format(one), "--cache", HostPort.format(busy));
        assertThat(refused.exitCode()).isEqualTo(ExitCode.WORK_FAILED.code());
        assertThat(refused.out()).contains("0 are gone meanwhile, 1 could not be had");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "[::]", "127.0.0.1"})
    void looksForACacheThatListensEverywhereWhereItsManagementPortIs(String bound) throws Exception {
        InetSocketAddress empty = serve(exchange -> answer(exchange, 404, new byte[0]));
        byte[] status = ("{\"http\":\"" + bound + ":" + empty.getPort() + "\"}").getBytes(StandardCharsets.UTF_8);
        InetSocketAddress everywhere = serve(exchange -> {
            if (exchange.getRequestURI().getPath().endsWith("/status")) {
                answer(exchange, 200, status);
            } else {
                listing(ID, "0").handle(exchange);
            }
        });

        Output output = run("--management", "http://" + HostPort.format(everywhere));

        assertThat(output.exitCode()).isEqualTo(ExitCode.OK.code());
        assertThat(output.out()).contains("1 are gone meanwhile");
    }

    @Test
    void saysWhatIsWrong() throws Exception {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
        }
        put(Segments.v2(1, 10));

        assertThat(run("--management", management, "--cache", "127.0.0.1:" + nobody)
                        .err())
                .contains("no hosted cache answers at 127.0.0.1:" + nobody);
        assertThat(run("--management", "http://127.0.0.1:" + nobody).exitCode()).isEqualTo(ExitCode.WORK_FAILED.code());
        assertThat(command("export", "--management", management).exitCode()).isEqualTo(ExitCode.USAGE.code());
        Path file = Files.writeString(directory.resolve("file"), "in the way");
        Output notADirectory = command("export", "--static", file.toString(), "--management", management);
        assertThat(notADirectory.exitCode()).isEqualTo(ExitCode.USAGE.code());
        assertThat(notADirectory.err()).contains(file.toString());
        Output under = command("export", "--static", file.resolve("tree").toString(), "--management", management);
        assertThat(under.exitCode()).isEqualTo(ExitCode.WORK_FAILED.code());
        assertThat(under.err()).contains(file.toString());
    }

    private Output export() {
        return run("--management", management);
    }

    private Output run(String... options) {
        List<String> arguments = new ArrayList<>(List.of("export", "--static", tree.toString()));
        arguments.addAll(List.of(options));
        return command(arguments.toArray(String[]::new));
    }

    private static Output command(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = CommandLines.create(new HostedCacheCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Output(exitCode, out.toString(), err.toString());
    }

    private String cacheAddress() {
        return HostPort.format(cache.address());
    }

    private void put(SegmentDescriptor segment) {
        BlockResponse block = Segments.block(segment, 0);
        assertThat(cache.store()
                        .put(
                                new SegmentAttributes(
                                        segment.id(),
                                        segment.blockBytes(),
                                        segment.segmentBytes(),
                                        segment.tag().toByteArray()),
                                0,
                                block.cryptoAlgorithm(),
                                block.initializationVector(),
                                ByteBuffer.wrap(block.block())))
                .isEqualTo(PutResult.STORED);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> tree.relativize(file).toString())
                    .toList();
        }
    }

    private static String path(byte[] id, int index) {
        String hex = HexFormat.of().formatHex(id);
        return hex.substring(0, 2) + "/" + hex + "-" + index + ".blk";
    }

    private HttpResponse<byte[]> get(InetSocketAddress server, String path) throws Exception {
        return send("GET", server, path);
    }

    private HttpResponse<byte[]> send(String method, InetSocketAddress server, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://" + HostPort.format(server) + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private InetSocketAddress serve(com.sun.net.httpserver.HttpHandler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", handler);
        server.start();
        servers.add(server);
        return server.getAddress();
    }

    /** All that a web server does with a tree. */
    private void file(HttpExchange exchange) throws IOException {
        Path file = tree.resolve(exchange.getRequestURI().getPath().substring(1));
        answer(exchange, Files.isRegularFile(file) ? 200 : 404, Files.readAllBytes(file));
    }

    /** A management port that lists one segment. */
    private static com.sun.net.httpserver.HttpHandler listing(String id, String ranges) {
        String page = "{\"segments\":[{\"id\":\"" + id + "\",\"ranges\":\"" + ranges + "\"}],\"next\":null}";
        return exchange -> answer(exchange, 200, page.getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        try (exchange) {
            boolean bodyless = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(status, bodyless ? -1 : body.length);
            if (!bodyless) {
                exchange.getResponseBody().write(body);
            }
        }
    }
}
