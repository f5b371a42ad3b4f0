// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.peerdist.cli.Peerdist;
import io.peerdist.conformance.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real multicast on two subnets. Skipped, with the reason, where network namespaces cannot be made.
 */
class SubnetsIT {
    private static final int CACHE = 2;
    private static final int CLIENT = 3;
    private static final int AGENT = 2;
    private static final String PEERDIST = Peerdist.class.getName();
    private static final String CACHE_ADDRESS = Subnets.address(1, CACHE) + ":8080";
    private static final int FLOOD = 10_000;
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private Subnets subnets;

    @BeforeEach
    void open() throws InterruptedException {
        subnets = new Subnets(directory);
        assumeTrue(
                subnets.open()
                        && subnets.addHost(1, CACHE)
                        && subnets.addHost(1, CLIENT)
                        && subnets.addHost(2, AGENT)
                        && subnets.addHost(2, CLIENT),
                "skipped: network namespaces with bridges cannot be made here (it takes root and the command ip)");
    }

    @AfterEach
    void close() {
        subnets.close();
    }

    private void daemon(int subnet, int host, String name, String... arguments) throws IOException {
        Path output = directory.resolve(name + ".out");
        Process process = subnets.start(subnet, host, output, PEERDIST, arguments);
        Await.until(name + " is ready", START_LIMIT, () -> {
            try {
                if (!process.isAlive()) {
                    throw new AssertionError(name + " ended: " + subnets.errors());
                }
                return Files.readString(output).startsWith("ready ");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private String at(String name) {
        return directory.resolve(name).toString();
    }

    /** A content server with a file, whose hashes it has made. */
    private byte[] origin() throws IOException, InterruptedException {
        byte[] content = new byte[300_000];
        new Random(9).nextBytes(content);
        Files.createDirectories(directory.resolve("root"));
        Files.write(directory.resolve("root/file"), content);
        daemon(
                1,
                CACHE,
                "origin",
                "content-server",
                "run",
                "--root",
                at("root"),
                "--data-dir",
                at("origin"),
                "--http-port",
                "8081",
                "--management-port",
                "0",
                "--config",
                Files.writeString(directory.resolve("patient.yaml"), "content-server:\n  hash-wait: 30s\n")
                        .toString());
        return content;
    }

    /** A hosted cache that holds a file; returns the identifier of its only segment. */
    private String filledCache() throws IOException, InterruptedException {
        byte[] content = origin();
        daemon(
                1,
                CACHE,
                "cache",
                "hosted-cache",
                "run",
                "--data-dir",
                at("cache"),
                "--cache-size",
                "64MiB",
                "--http-port",
                "8080",
                "--management-port",
                "9081",
                "--answer-probes");
        subnets.run(
                1,
                CLIENT,
                PEERDIST,
                "get",
                "http://" + Subnets.address(1, CACHE) + ":8081/file",
                "-o",
                at("fetched"),
                "--mode",
                "hosted",
                "--hosted-cache",
                CACHE_ADDRESS,
                "--data-dir",
                at("second"),
                "--content-version",
                "1");
        assertThat(directory.resolve("fetched")).as(subnets.errors()).hasBinaryContent(content);
        Matcher id = Pattern.compile("[0-9a-fA-F]{64}").matcher(subnets.run(1, CACHE, PEERDIST, "hosted-cache", "ls"));
        assertThat(id.find()).as("a segment in the cache").isTrue();
        return id.group().toUpperCase(Locale.ROOT);
    }

    private String probe(int subnet, int host, String id, int rounds) throws IOException, InterruptedException {
        return subnets.run(
                subnet, host, RawPeer.class, "probe", Subnets.address(subnet, host), id, Integer.toString(rounds));
    }

    @Test
    void findsTheCacheOnItsSubnetAndThroughARelayOnAnother() throws IOException, InterruptedException {
        String id = filledCache();

        assertThat(probe(1, CLIENT, id, 10)).isEqualTo("found " + CACHE_ADDRESS + " 5");
        assertThat(subnets.run(1, CLIENT, RawPeer.class, "fetch", CACHE_ADDRESS, id))
                .isEqualTo("block 65552");
        assertThat(probe(2, CLIENT, id, 2)).as("multicast ends at the router").isEqualTo("nothing");

        daemon(
                2,
                AGENT,
                "relay",
                "agent",
                "run",
                "--data-dir",
                at("relay"),
                "--management-port",
                "9082",
                "--mode",
                "local",
                "--answer-for",
                CACHE_ADDRESS);
        assertThat(probe(2, CLIENT, id, 10)).isEqualTo("found " + CACHE_ADDRESS + " 5");
        assertThat(subnets.run(2, CLIENT, RawPeer.class, "fetch", CACHE_ADDRESS, id))
                .isEqualTo("block 65552");
        assertThat(probe(2, CLIENT, "AB".repeat(32), 2))
                .as("what the cache lacks")
                .isEqualTo("nothing");

        survivesAFlood(id);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void takesFromAPeerOfItsSubnetWhatThatHolds(int version) throws IOException, InterruptedException {
        byte[] content = origin();
        get(2, AGENT, "local", "a", version);
        daemon(
                2,
                AGENT,
                "agent",
                "agent",
                "run",
                "--data-dir",
                at("a"),
                "--management-port",
                "9082",
                "--mode",
                "distributed");

        String near = get(2, CLIENT, "distributed", "b", version);
        String far = get(1, CLIENT, "auto", "c", version);

        assertThat(directory.resolve("b.file")).as(subnets.errors()).hasBinaryContent(content);
        assertThat(near).contains("\"peer\":300000", "\"origin\":0");
        assertThat(directory.resolve("c.file")).hasBinaryContent(content);
        assertThat(far).as("probes end at the router").contains("\"peer\":0", "\"origin\":300000");
    }

    /** Fetches the file with the local cache {@code name}; returns the summary as JSON. */
    private String get(int subnet, int host, String mode, String name, int version)
            throws IOException, InterruptedException {
        return subnets.run(
                subnet,
                host,
                PEERDIST,
                "get",
                "http://" + Subnets.address(1, CACHE) + ":8081/file",
                "-o",
                at(name + ".file"),
                "--mode",
                mode,
                "--data-dir",
                at(name),
                "--content-version",
                Integer.toString(version),
                "--json");
    }

    /** At most what the limits let through is looked at, and once it is over everybody is answered again. */
    private void survivesAFlood(String id) throws IOException, InterruptedException {
        assertThat(subnets.run(
                        2, CLIENT, RawPeer.class, "flood", Subnets.address(2, CLIENT), id, Integer.toString(FLOOD)))
                .isEqualTo("sent " + FLOOD);

        assertThat(probe(2, CLIENT, id, 10)).isEqualTo("found " + CACHE_ADDRESS + " 5");
        String metrics = subnets.run(2, AGENT, RawPeer.class, "get", "http://127.0.0.1:9082/metrics");
        assertThat(count(metrics, "peerdist_discovery_datagrams_total", "source_limit"))
                .as("left unread: " + metrics)
                .isPositive();
        assertThat(count(metrics, "peerdist_discovery_probes_total", "answered"))
                .isPositive();
    }

    private static double count(String metrics, String name, String result) {
        Matcher line = Pattern.compile(Pattern.quote(name) + "\\{[^}]*result=\"" + result + "\"[^}]*\\} (\\S+)")
                .matcher(metrics);
        return line.find() ? Double.parseDouble(line.group(1)) : 0;
    }
}
