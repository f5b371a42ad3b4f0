// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.conformance.Await;
import io.peerdist.discovery.InterfaceRule;
import io.peerdist.discovery.LocalNetwork;
import io.peerdist.discovery.ServingAddresses;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.SettingOverrides;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServingPolicyTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final InetSocketAddress LOCAL = new InetSocketAddress(LOOPBACK, 8_080);

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Queue<Runnable> timers = new ConcurrentLinkedQueue<>();
    private final RateLimit sending = RateLimit.unlimited(() -> 0, (end, nanos) -> {});
    private final List<ServingPolicy> started = new ArrayList<>();

    @AfterEach
    void close() {
        started.forEach(ServingPolicy::close);
    }

    private void supply(String name, Map<String, String> values) throws IOException {
        Path supply = Files.createDirectories(directory.resolve(name));
        for (Map.Entry<String, String> each : values.entrySet()) {
            Files.writeString(supply.resolve(each.getKey()), each.getValue() + "\n");
        }
    }

    private ServingPolicy start(boolean serveOnBattery, NetworkRules rules, Set<InetAddress> hostedCaches) {
        ServingPolicy policy = ServingPolicy.start(
                new ServingSettings(BandwidthSchedule.UNLIMITED, serveOnBattery, directory, rules, List.of()),
                () -> hostedCaches,
                sending,
                (end, nanos) -> timers.add(end),
                registry);
        started.add(policy);
        return policy;
    }

    private static InetSocketAddress peer(int last) throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 1, 2, (byte) last}), 50_000);
    }

    private double refused(String reason) {
        return registry.get("peerdist_serving_refused")
                .tag("reason", reason)
                .counter()
                .count();
    }

    @Test
    void servesNobodyButHostedCachesOnBattery() throws IOException {
        supply("BAT0", Map.of("type", "Battery", "status", "Discharging", "scope", "System"));
        supply("AC", Map.of("type", "Mains", "online", "0"));
        ServingPolicy policy = start(false, new NetworkRules(List.of(), List.of()), Set.of(peer(9).getAddress()));

        assertThat(policy.decide(LOOPBACK)).isEqualTo(ServingDecision.BATTERY);
        assertThat(policy.admits(LOCAL, peer(8))).isFalse();
        assertThat(policy.admits(LOCAL, peer(9))).isTrue();
        assertThat(policy.served(ServingAddresses.ownPort(80)).on(List.of(network("eth0"))))
                .isEmpty();
        assertThat(refused("battery")).isOne();
        assertThat(registry.get("peerdist_serving_on_battery").gauge().value()).isOne();
    }

    @Test
    void servesAgainWhenItIsPluggedIn() throws IOException {
        supply("BAT0", Map.of("type", "Battery", "status", "Discharging"));
        ServingPolicy policy = start(false, new NetworkRules(List.of(), List.of()), Set.of());
        assertThat(policy.onBattery()).isTrue();

        supply("AC", Map.of("type", "Mains", "online", "1"));
        Await.until("a look is planned", () -> !timers.isEmpty());
        timers.remove().run();

        Await.until("mains", () -> !policy.onBattery());
        assertThat(policy.admits(LOCAL, peer(8))).isTrue();
    }

    @Test
    void servesOnBatteryWhenTold() throws IOException {
        supply("BAT0", Map.of("type", "Battery", "status", "Discharging"));
        ServingPolicy policy = start(true, new NetworkRules(List.of(), List.of()), Set.of());

        assertThat(policy.onBattery()).isTrue();
        assertThat(policy.decideAnywhere()).isEqualTo(ServingDecision.SERVED);
    }

    @Test
    void tellsBatteriesOfTheMachineFromOthers() throws IOException {
        assertThat(PowerSupply.onBattery(directory.resolve("none"))).isFalse();
        assertThat(PowerSupply.onBattery(directory)).isFalse();
        supply("mouse", Map.of("type", "Battery", "status", "Discharging", "scope", "Device"));
        assertThat(PowerSupply.onBattery(directory)).as("a mouse").isFalse();
        supply("BAT0", Map.of("type", "Battery", "status", "Full"));
        assertThat(PowerSupply.onBattery(directory)).as("full").isFalse();
        supply("BAT1", Map.of("type", "Battery", "status", "Discharging"));
        assertThat(PowerSupply.onBattery(directory)).isTrue();
        supply("usbc", Map.of("type", "USB", "online", "1"));
        assertThat(PowerSupply.onBattery(directory)).as("power by USB").isFalse();
    }

    @Test
    void sparesNetworksByRule() throws IOException {
        ServingPolicy policy = start(
                false,
                new NetworkRules(
                        List.of(InterfaceRule.parse("wg*")),
                        List.of(InterfaceRule.parse("127.0.0.0/8"), InterfaceRule.parse("::1/128"))),
                Set.of());

        assertThat(policy.decide(LOOPBACK)).isEqualTo(ServingDecision.NETWORK);
        assertThat(policy.admits(LOCAL, peer(8))).isFalse();
        assertThat(refused("network")).isOne();
        ServingAddresses served = policy.served(ServingAddresses.ownPort(80));
        assertThat(served.on(List.of(network("wg0")))).isEmpty();
        assertThat(served.on(List.of(network("eth0"), network("wg0")))).hasSize(1);
        assertThat(policy.decide(peer(77).getAddress())).as("not known yet").isEqualTo(ServingDecision.SERVED);
    }

    private static LocalNetwork network(String name) throws IOException {
        return new LocalNetwork(name, 2, peer(1).getAddress(), 24);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tun0", "tap3", "wg0", "ppp0", "wwan0", "docker0", "veth12ab", "br-0af1", "virbr0"})
    void sparesTunnelsAndContainersUnlessTold(String name) throws IOException {
        assertThat(ServingSettings.DEFAULT.networks().serves(network(name))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"eth0", "enp3s0", "wlan0", "wlp2s0", "bond0", "br0", "vlan12", "lo"})
    void servesOnOrdinaryNetworks(String name) throws IOException {
        assertThat(ServingSettings.DEFAULT.networks().serves(network(name))).isTrue();
    }

    @Test
    void sendsOthersAwayWhenMoreWaitsThanTheyWaitFor() throws IOException {
        ServingPolicy policy = start(false, new NetworkRules(List.of(), List.of()), Set.of());
        sending.setBytesPerSecond(100_000);
        assertThat(sending.take(100_000)).isNotDone();
        assertThat(policy.admits(LOCAL, peer(8))).isTrue();
        assertThat(sending.take(1)).isNotDone();

        assertThat(policy.admits(LOCAL, peer(8))).isFalse();
        assertThat(refused("bandwidth")).isOne();
    }

    @Test
    void readsEverySetting() throws IOException {
        ServingSettings settings = read("""
                agent:
                  limit-send: 50MB/s
                  limit-zone: Europe/Berlin
                  limits:
                    - {days: mon-fri, from: "08:00", to: "18:00", send: 5MB/s, receive: 20MB/s}
                    - {from: "22:00", to: "06:00"}
                  serve-on-battery: true
                  power-supplies: /p
                  networks:
                    exclude: [eth7]
                    ask-only: [10.9.0.0/16]
                  answer-for: ["10.0.0.1:80"]
                """);

        assertThat(settings.bandwidth().zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(settings.bandwidth().otherwise()).isEqualTo(new Bandwidth(50_000_000, 0));
        assertThat(settings.bandwidth().periods())
                .extracting(BandwidthPeriod::bandwidth)
                .containsExactly(new Bandwidth(5_000_000, 20_000_000), Bandwidth.UNLIMITED);
        assertThat(settings.bandwidth().periods().get(1).days()).hasSize(7);
        assertThat(settings.serveOnBattery()).isTrue();
        assertThat(settings.powerSupplies()).isEqualTo(Path.of("/p"));
        assertThat(settings.networks().excluded())
                .hasSize(NetworkRules.USUAL.size() + 1)
                .last()
                .hasToString("eth7");
        assertThat(settings.networks().askOnly()).hasSize(1);
        assertThat(settings.answerFor()).containsExactly(new HostPort("10.0.0.1", 80));
        assertThat(read("agent: {}").networks()).isEqualTo(ServingSettings.DEFAULT.networks());
        assertThat(read("agent: {networks: {exclude-usual: false}}").networks().excluded())
                .isEmpty();
    }

    @Test
    void tellsAllMistakesWithTheirLines() {
        assertThatThrownBy(() -> read("""
                        agent:
                          limit-send: 1kB
                          limit-zone: Berlin
                          limits:
                            - days: mon-fri
                              from: 8:00
                              send: fast
                            - {from: "08:00", to: "25:00", sent: 1MB}
                          networks:
                            exclude: [10.0.0.0/64]
                        """))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining(":2: agent.limit-send: ")
                .hasMessageContaining(":3: agent.limit-zone: \"Berlin\"")
                .hasMessageContaining(":6: agent.limits[1].from: ")
                .hasMessageContaining("agent.limits[1].to: missing")
                .hasMessageContaining(":7: agent.limits[1].send: rate: \"fast\"")
                .hasMessageContaining(":8: agent.limits[2].to: \"25:00\"")
                .hasMessageContaining(":8: unknown key: agent.limits[2].sent (did you mean \"send\"?)")
                .hasMessageContaining(":10: agent.networks.exclude: interface: 10.0.0.0/64");
        assertThatThrownBy(() -> read("agent: {limits: mon-fri}")).hasMessageContaining("agent.limits: is no list");
    }

    private ServingSettings read(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("peerdist.yaml"), yaml);
        ConfigurationReader reader = ConfigurationReader.open(file, Set.of("agent"), SettingOverrides.none());
        ServingSettings settings = ServingSettings.read(reader.section("agent"));
        reader.finish();
        return settings;
    }
}
