// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.swarm;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.Agent;
import io.peerdist.agent.AgentSettings;
import io.peerdist.agent.download.DownloadListener;
import io.peerdist.agent.download.DownloadProgress;
import io.peerdist.agent.download.DownloadReport;
import io.peerdist.agent.download.DownloadRequest;
import io.peerdist.agent.download.OfferSummary;
import io.peerdist.agent.offer.OfferSettings;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Agents of one branch, each with an empty cache of its own, that download the same at the same moment. */
final class Swarm implements AutoCloseable {
    private final Path directory;
    private final List<Agent> agents = new ArrayList<>();
    private final List<SimpleMeterRegistry> registries = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private static final DownloadListener SILENT = new DownloadListener() {
        @Override
        public void progress(DownloadProgress progress) {}

        @Override
        public void waiting(OfferSummary offers) {}

        @Override
        public void warning(String text) {
            System.err.println(text);
        }
    };

    Swarm(Path directory, int count, HostPort hostedCache, long cacheBytes, OfferSettings offers) throws IOException {
        this.directory = directory;
        for (int i = 0; i < count; i++) {
            Path data = Files.createDirectories(directory.resolve("agent-" + i));
            AgentSettings settings = AgentSettings.of(
                            data,
                            cacheBytes,
                            List.of(hostedCache),
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .withOffers(offers);
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            registries.add(registry);
            agents.add(Agent.open(settings, Clock.system(), registry, System.err::println));
            agents.get(i).startServing();
        }
    }

    /** What all agents together count of one thing. */
    double count(String counter, String... tags) {
        return registries.stream()
                .mapToDouble(
                        registry -> registry.get(counter).tags(tags).counter().count())
                .sum();
    }

    /** Everything that all agents together counted, but what is zero. */
    SortedMap<String, Double> counters() {
        SortedMap<String, Double> sums = new TreeMap<>();
        for (SimpleMeterRegistry registry : registries) {
            for (Meter meter : registry.getMeters()) {
                if (meter instanceof Counter counter && counter.count() > 0) {
                    String tags = meter.getId().getTags().isEmpty()
                            ? ""
                            : meter.getId().getTags().toString();
                    sums.merge(meter.getId().getName() + tags, counter.count(), Double::sum);
                }
            }
        }
        return sums;
    }

    Agent agent(int number) {
        return agents.get(number);
    }

    /** Where agent {@code number} puts what it downloads. */
    Path file(int number) {
        return directory.resolve("file-" + number);
    }

    /** Has every agent download {@code url}, all of them beginning together; each has its report when its offers are done. */
    List<CompletableFuture<DownloadReport>> download(URI url, ContentVersion version) {
        CountDownLatch begin = new CountDownLatch(1);
        List<CompletableFuture<DownloadReport>> reports = new ArrayList<>();
        for (int i = 0; i < agents.size(); i++) {
            Agent agent = agents.get(i);
            DownloadRequest request = new DownloadRequest(url, new DownloadRequest.ToFile(file(i)), version);
            reports.add(CompletableFuture.supplyAsync(
                    () -> {
                        awaitAll(begin);
                        return agent.get(request, SILENT);
                    },
                    threads));
        }
        begin.countDown();
        return reports;
    }

    private static void awaitAll(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        agents.forEach(Agent::close);
    }
}
