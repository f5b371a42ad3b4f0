// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelHandler;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.discovery.DiscoveryException;
import io.peerdist.discovery.DiscoverySettings;
import io.peerdist.retrieval.UploadAdmission;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.JsonArray;
import io.peerdist.runtime.JsonObject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** All that decides how an agent serves: policy, limits by the time, and relays. Thread-safe. */
public final class Serving implements AutoCloseable {
    private final ServingPolicy policy;
    private final RateLimit sending;
    private final BandwidthControl bandwidth;
    private final List<Relay> relays = new ArrayList<>();

    private Serving(
            ServingSettings settings,
            Supplier<Set<InetAddress>> hostedCaches,
            RateLimit receiving,
            RateLimit.Pauses timers,
            Clock clock,
            MeterRegistry registry) {
        sending = RateLimit.unlimited(clock::nanoTime, timers);
        ServingMetrics metrics = new ServingMetrics(registry);
        metrics.watch("send", sending);
        metrics.watch("receive", receiving);
        bandwidth = BandwidthControl.start(settings.bandwidth(), sending, receiving, clock, timers);
        policy = ServingPolicy.start(settings, hostedCaches, sending, timers, registry);
    }

    /**
     * Starts all but the relays.
     *
     * @param hostedCaches the addresses of those to which this agent offers; asked on event loops
     * @param receiving the limit of all downloads together, which is set from now on
     * @param timers must not be closed before this
     */
    public static Serving start(
            ServingSettings settings,
            Supplier<Set<InetAddress>> hostedCaches,
            RateLimit receiving,
            RateLimit.Pauses timers,
            Clock clock,
            MeterRegistry registry) {
        return new Serving(settings, hostedCaches, receiving, timers, clock, registry);
    }

    /**
     * Starts to answer probes for the hosted caches elsewhere that {@code settings} name.
     *
     * @throws FailureException when a name cannot be resolved, or the port of discovery cannot be listened on
     */
    public synchronized void startRelays(
            ServingSettings settings,
            DiscoverySettings discovery,
            EventLoops loops,
            Clock clock,
            MeterRegistry registry) {
        for (HostPort name : settings.answerFor()) {
            InetSocketAddress cache = name.resolve();
            if (cache.isUnresolved()) {
                throw new FailureException(
                        ExitCode.CONFIGURATION,
                        "--answer-for " + name + ": the host name cannot be resolved (expected: an address, or a name"
                                + " that the resolver knows)");
            }
            try {
                relays.add(Relay.start(cache, discovery, loops, clock, registry));
            } catch (DiscoveryException e) {
                throw new FailureException(ExitCode.CANNOT_BIND, "--answer-for " + name + ": " + e.getMessage(), e);
            }
        }
    }

    /** Whom the retrieval server serves. */
    public UploadAdmission admission() {
        return policy;
    }

    /** The policy. */
    public ServingPolicy policy() {
        return policy;
    }

    /** A handler for one connection, before that of the retrieval server, which sends blocks as the limit lets them out. */
    public ChannelHandler newPace() {
        return new SendPace(sending);
    }

    /** The relays that run. */
    public synchronized List<Relay> relays() {
        return List.copyOf(relays);
    }

    /** What holds now, for people. */
    public Map<String, String> rows() {
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("Serves peers", policy.decideAnywhere().sentence());
        rows.put("Power", policy.onBattery() ? "battery" : "mains");
        rows.put("Bandwidth", bandwidth.current().describe());
        bandwidth.nextChange().ifPresent(change -> rows.put("Bandwidth changes", change.toString()));
        if (!relays().isEmpty()) {
            rows.put(
                    "Answers probes for",
                    relays().stream()
                            .map(each -> HostPort.format(each.cache()) + (each.answers() ? "" : " (away)"))
                            .collect(Collectors.joining(", ")));
        }
        return rows;
    }

    /** What holds now, for programs. */
    public JsonObject json() {
        JsonObject json = new JsonObject()
                .put("servesPeers", policy.decideAnywhere() == ServingDecision.SERVED)
                .put("why", policy.decideAnywhere().label())
                .put("onBattery", policy.onBattery())
                .put("sendBytesPerSecond", bandwidth.current().sendBytesPerSecond())
                .put("receiveBytesPerSecond", bandwidth.current().receiveBytesPerSecond());
        bandwidth.nextChange().ifPresent(change -> json.put("bandwidthChanges", change.toString()));
        JsonArray answered = new JsonArray();
        relays().forEach(each -> answered.add(new JsonObject()
                .put("hostedCache", HostPort.format(each.cache()))
                .put("answers", each.answers())));
        return json.put("answersFor", answered);
    }

    @Override
    public synchronized void close() {
        relays.forEach(Relay::close);
        bandwidth.close();
        policy.close();
    }
}
