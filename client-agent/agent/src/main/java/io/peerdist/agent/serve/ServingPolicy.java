// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.discovery.LocalNetwork;
import io.peerdist.discovery.ServingAddresses;
import io.peerdist.retrieval.UploadAdmission;
import io.peerdist.runtime.Workers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whom this agent serves now. Power and interfaces are looked at every {@link #POLL}, on a thread of their own; a decision
 * only reads what was seen then. Thread-safe.
 */
public final class ServingPolicy implements UploadAdmission, AutoCloseable {
    /** Who pulls a plug notices no delay of this length, and a battery does not notice the reading. */
    static final Duration POLL = Duration.ofSeconds(10);

    /** What waits to be sent beyond this comes too late for who asks, who waits 2 s (MS-PCCRR 3.1.2). */
    private static final Duration MAX_QUEUE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(ServingPolicy.class);

    private final boolean serveOnBattery;
    private final NetworkRules rules;
    private final Path powerSupplies;
    private final Supplier<Set<InetAddress>> hostedCaches;
    private final RateLimit sending;
    private final RateLimit.Pauses timers;
    private final ServingMetrics metrics;
    private final Workers looking;
    private volatile boolean onBattery;
    private volatile Map<InetAddress, LocalNetwork> networks = Map.of();
    private volatile boolean closed;

    private ServingPolicy(
            ServingSettings settings,
            Supplier<Set<InetAddress>> hostedCaches,
            RateLimit sending,
            RateLimit.Pauses timers,
            MeterRegistry registry) {
        this.serveOnBattery = settings.serveOnBattery();
        this.rules = settings.networks();
        this.powerSupplies = settings.powerSupplies();
        this.hostedCaches = hostedCaches;
        this.sending = sending;
        this.timers = timers;
        this.metrics = new ServingMetrics(registry);
        this.looking = Workers.start("agent-power", 1, 1, registry);
        metrics.watch(this);
    }

    /**
     * Looks at power and interfaces, and goes on doing so.
     *
     * @param hostedCaches the addresses of those to which this agent offers
     * @param sending the limit under which blocks are sent
     * @param timers must not be closed before this policy
     */
    public static ServingPolicy start(
            ServingSettings settings,
            Supplier<Set<InetAddress>> hostedCaches,
            RateLimit sending,
            RateLimit.Pauses timers,
            MeterRegistry registry) {
        ServingPolicy policy = new ServingPolicy(settings, hostedCaches, sending, timers, registry);
        policy.look();
        return policy;
    }

    private void look() {
        try {
            boolean battery = PowerSupply.onBattery(powerSupplies);
            if (battery != onBattery) {
                LOG.info("this machine runs on {}", battery ? "battery" : "mains");
                onBattery = battery;
            }
            networks = scan();
        } catch (SocketException e) {
            LOG.warn("interfaces: not to be listed: {}; going on with those of before", e.getMessage());
        } finally {
            lookAgain();
        }
    }

    private void lookAgain() {
        if (!closed) {
            timers.after(this::submit, POLL.toNanos());
        }
    }

    private void submit() {
        if (closed) {
            return;
        }
        try {
            looking.execute(this::look);
        } catch (RejectedExecutionException e) {
            LOG.debug("power and interfaces: the look before is not over, or the agent stops", e);
            lookAgain();
        }
    }

    private static Map<InetAddress, LocalNetwork> scan() throws SocketException {
        Map<InetAddress, LocalNetwork> found = new HashMap<>();
        Enumeration<NetworkInterface> all = NetworkInterface.getNetworkInterfaces();
        while (all.hasMoreElements()) {
            LocalNetwork.of(all.nextElement()).forEach(each -> found.put(each.address(), each));
        }
        return Map.copyOf(found);
    }

    /** Whether peers are served at {@code local}, an address of this machine. One not seen yet is taken for a usual one. */
    public ServingDecision decide(InetAddress local) {
        LocalNetwork network = networks.get(local);
        return network == null ? decideAnywhere() : decide(network);
    }

    private ServingDecision decide(LocalNetwork network) {
        ServingDecision anywhere = decideAnywhere();
        return anywhere == ServingDecision.SERVED && !rules.serves(network) ? ServingDecision.NETWORK : anywhere;
    }

    /** Whether peers are served at all. */
    public ServingDecision decideAnywhere() {
        return onBattery && !serveOnBattery ? ServingDecision.BATTERY : ServingDecision.SERVED;
    }

    /** A hosted cache only takes what this agent offered to it, so neither battery nor network keep it from that. */
    @Override
    public boolean admits(InetSocketAddress local, InetSocketAddress remote) {
        ServingDecision decision =
                hostedCaches.get().contains(remote.getAddress()) ? ServingDecision.SERVED : decide(local.getAddress());
        if (decision == ServingDecision.SERVED && sending.queueNanos() > MAX_QUEUE.toNanos()) {
            decision = ServingDecision.BANDWIDTH;
        }
        metrics.refused(decision);
        return decision == ServingDecision.SERVED;
    }

    /** Of {@code addresses}, those where peers are served now: what is named in answers to probes. */
    public ServingAddresses served(ServingAddresses addresses) {
        return all -> addresses.on(all.stream()
                .filter(each -> decide(each) == ServingDecision.SERVED)
                .toList());
    }

    /** Whether this machine ran on battery when it was last looked at. */
    public boolean onBattery() {
        return onBattery;
    }

    @Override
    public void close() {
        closed = true;
        looking.close();
    }
}
