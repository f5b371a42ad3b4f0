// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.cli.Peerdist;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import picocli.CommandLine;

/**
 * A content server and a hosted cache, each a process of its own as an administrator would start it, and agents that are
 * commands run in this process. All on loopback, all data below one directory.
 */
final class Branch implements AutoCloseable {
    private static final int ANY_PORT = 0;

    private final Path directory;
    private final Path root;
    private final PeerdistProcess contentServer;
    private final URI origin;
    private PeerdistProcess hostedCache;
    private URI cache;
    private List<String> cacheOptions = List.of();
    private int processes;

    Branch(Path directory) throws Exception {
        this(directory, false);
    }

    /** A branch whose hosted cache takes nothing but what the content server's manifest lists. */
    static Branch thatRefusesWhatIsNotListed(Path directory) throws Exception {
        return new Branch(directory, true);
    }

    private Branch(Path directory, boolean listedOnly) throws Exception {
        this.directory = directory;
        this.root = Files.createDirectories(directory.resolve("root"));
        List<String> command = new ArrayList<>(
                List.of("content-server", "run", "--root", root.toString(), "--data-dir", data("content-server")));
        if (listedOnly) {
            command.addAll(List.of("--manifest-port", "0"));
        }
        contentServer = daemon(command, ANY_PORT);
        Map<String, URI> served = contentServer.awaitReady();
        origin = httpOf(served);
        if (listedOnly) {
            subscribeTo(Objects.requireNonNull(served.get("manifest"), "the ready line names no manifest address"));
        }
        hostedCache = startHostedCache(ANY_PORT);
        cache = httpOf(hostedCache.awaitReady());
    }

    /** A file of octets that look random, the same for the same size, at the origin. */
    Path file(int bytes) throws Exception {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        return Files.write(root.resolve("file-" + bytes), content);
    }

    URI urlOf(Path file) {
        return origin.resolve("/" + file.getFileName());
    }

    /** Fetches with a data directory that belongs to {@code agent}. */
    Fetch fetch(String agent, int version, Path file, Path target, String... more) {
        StringWriter output = new StringWriter();
        StringWriter errors = new StringWriter();
        CommandLine command = Peerdist.commandLine();
        command.setOut(new PrintWriter(output));
        command.setErr(new PrintWriter(errors));
        List<String> arguments = getArguments(agent, version, file, target);
        arguments.addAll(List.of(more));
        assertThat(command.execute(arguments.toArray(String[]::new)))
                .as(errors.toString())
                .isZero();
        return FetchJson.parse(output.toString().lines().toList());
    }

    /** The command that {@link #fetch} runs. */
    List<String> getArguments(String agent, int version, Path file, Path target) {
        return new ArrayList<>(List.of(
                "get",
                urlOf(file).toString(),
                "--hosted-cache",
                cache.getAuthority(),
                "--content-version",
                Integer.toString(version),
                "--data-dir",
                data(agent),
                "--bind",
                "127.0.0.1",
                "-o",
                target.toString(),
                "--json"));
    }

    void killHostedCache() throws InterruptedException {
        hostedCache.kill();
    }

    void stopHostedCache() {
        hostedCache.close();
    }

    /** Starts the hosted cache again, with the same data and at the same port. */
    void restartHostedCache() throws Exception {
        hostedCache = startHostedCache(cache.getPort());
        cache = httpOf(hostedCache.awaitReady());
    }

    Path hostedCacheData() {
        return directory.resolve("hosted-cache");
    }

    private PeerdistProcess startHostedCache(int port) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("hosted-cache", "run", "--cache-size", "1GiB", "--data-dir", data("hosted-cache")));
        command.addAll(cacheOptions);
        return daemon(command, port);
    }

    /** With what the content server has made in its data directory, as the documentation tells an administrator. */
    private void subscribeTo(URI manifest) throws Exception {
        Path made = directory.resolve("content-server");
        Path file = Files.writeString(directory.resolve("hosted-cache.yaml"), """
                hosted-cache:
                  manifest:
                    url: https://%s
                    token-file: %s
                    public-key: %s
                    certificate: %s
                    unlisted: refuse
                """.formatted(
                        manifest.getAuthority(),
                        made.resolve("manifest-token"),
                        made.resolve("manifest-public-key.pem"),
                        made.resolve("tls").resolve("certificate.pem")));
        cacheOptions = List.of("--config", file.toString());
    }

    private PeerdistProcess daemon(List<String> command, int port) throws Exception {
        List<String> arguments = new ArrayList<>(command);
        arguments.addAll(
                List.of("--bind", "127.0.0.1", "--http-port", Integer.toString(port), "--management-port", "0"));
        Path logs = Files.createDirectories(directory.resolve("logs"));
        return PeerdistProcess.start(command.get(0) + "-" + processes++, logs, arguments);
    }

    private String data(String name) {
        return directory.resolve(name).toString();
    }

    private static URI httpOf(Map<String, URI> addresses) {
        return Objects.requireNonNull(addresses.get("http"), "the ready line names no http address");
    }

    @Override
    public void close() {
        hostedCache.close();
        contentServer.close();
    }
}
