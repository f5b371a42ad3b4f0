// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.swarm;

import io.peerdist.agent.download.DownloadReport;
import io.peerdist.agent.offer.OfferSettings;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * Downloads a file with many agents at once. Warms up with another one, prints {@code prepared}, waits for an octet on standard
 * input, and prints a line for each agent: seconds, and octets from the hosted cache, from the origin, and of content
 * information. Then a line with what came over the line from the origin, and one with what all agents together counted.
 */
public final class SwarmRun {
    private static final double NANOS_PER_SECOND = 1e9;

    private SwarmRun() {}

    /**
     * {@code DIRECTORY AGENTS ORIGIN-PORT BYTES-PER-SECOND CACHE-PORT VERSION AGENT-CACHE-BYTES}: the origin serves {@code /warm}
     * and {@code /content}.
     */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        int count = Integer.parseInt(arguments[1]);
        InetSocketAddress origin =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[2]));
        HostPort cache = new HostPort("127.0.0.1", Integer.parseInt(arguments[4]));
        ContentVersion version = "1".equals(arguments[5]) ? ContentVersion.V1 : ContentVersion.V2;
        OfferSettings offers = new OfferSettings(true, Duration.ofSeconds(20), Duration.ofMinutes(2));
        try (OriginLine line = new OriginLine(origin, Long.parseLong(arguments[3]), Clock.system()::nanoTime);
                Swarm swarm = new Swarm(directory, count, cache, Long.parseLong(arguments[6]), offers)) {
            String url = "http://127.0.0.1:" + line.port();
            swarm.download(URI.create(url + "/warm"), version).forEach(CompletableFuture::join);
            System.out.println("prepared");
            if (System.in.read() < 0) {
                return;
            }
            long before = line.receivedBytes();
            List<CompletableFuture<DownloadReport>> reports = swarm.download(URI.create(url + "/content"), version);
            for (CompletableFuture<DownloadReport> each : reports) {
                DownloadReport report = each.join();
                System.out.printf(
                        Locale.ROOT,
                        "%.3f %d %d %d%n",
                        report.duration().toNanos() / NANOS_PER_SECOND,
                        report.bytesFrom(DownloadSource.HOSTED_CACHE),
                        report.bytesFrom(DownloadSource.ORIGIN),
                        report.bytesFrom(DownloadSource.CONTENT_INFORMATION));
            }
            System.out.println("received " + (line.receivedBytes() - before));
            System.out.println(swarm.counters());
            for (int i = 0; i < count; i++) {
                Files.deleteIfExists(swarm.file(i));
            }
        }
    }
}
