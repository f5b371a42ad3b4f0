// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import io.peerdist.discovery.InterfaceRule;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.config.ConfigurationSection;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Whom an agent serves, how quickly, and for whom it answers.
 *
 * @param bandwidth what may be sent and received at which time
 * @param serveOnBattery whether peers are served on battery
 * @param powerSupplies where the kernel tells about power
 * @param networks where peers are not served, or not asked either
 * @param answerFor hosted caches elsewhere in whose name probes are answered; at most {@link #MAX_ANSWER_FOR}
 */
public record ServingSettings(
        BandwidthSchedule bandwidth,
        boolean serveOnBattery,
        Path powerSupplies,
        NetworkRules networks,
        List<HostPort> answerFor) {
    /** No limit, nobody served on battery, the usual networks excluded, and no answers for others. */
    public static final ServingSettings DEFAULT = new ServingSettings(
            BandwidthSchedule.UNLIMITED, false, PowerSupply.SYSTEM, NetworkRules.usualAnd(List.of()), List.of());

    /** Each takes a thread and sees every probe. */
    public static final int MAX_ANSWER_FOR = 4;

    private static final String LIMITS = "limits";
    private static final String LIMIT_ZONE = "limit-zone";
    private static final String ANSWER_FOR = "answer-for";
    private static final String NETWORKS = "networks";
    private static final String SEND = "send";
    private static final String RECEIVE = "receive";

    /** Takes a copy; throws {@link IllegalArgumentException} for too many caches. */
    public ServingSettings {
        if (answerFor.size() > MAX_ANSWER_FOR) {
            throw new IllegalArgumentException(
                    "answer for: " + answerFor.size() + " hosted caches (expected: at most " + MAX_ANSWER_FOR + ")");
        }
        answerFor = List.copyOf(answerFor);
    }

    /** Reads them from the section {@code agent}; mistakes are remembered there. */
    public static ServingSettings read(ConfigurationSection section) {
        ConfigurationSection networks = section.section(NETWORKS);
        List<InterfaceRule> excluded =
                new ArrayList<>(networks.bool("exclude-usual", true) ? NetworkRules.USUAL : List.of());
        excluded.addAll(rules(networks, "exclude"));
        List<HostPort> answerFor = section.hostPorts(ANSWER_FOR);
        if (answerFor.size() > MAX_ANSWER_FOR) {
            section.problem(ANSWER_FOR, answerFor.size() + " hosted caches (expected: at most " + MAX_ANSWER_FOR + ")");
            answerFor = List.of();
        }
        return new ServingSettings(
                bandwidth(section),
                section.bool("serve-on-battery", DEFAULT.serveOnBattery),
                section.path("power-supplies").orElse(DEFAULT.powerSupplies),
                new NetworkRules(excluded, rules(networks, "ask-only")),
                answerFor);
    }

    private static List<InterfaceRule> rules(ConfigurationSection section, String key) {
        List<InterfaceRule> rules = section.values(key, InterfaceRule::parse);
        if (rules.size() > NetworkRules.MAX_RULES / 4) {
            section.problem(key, rules.size() + " rules (expected: at most " + NetworkRules.MAX_RULES / 4 + ")");
            return List.of();
        }
        return rules;
    }

    private static BandwidthSchedule bandwidth(ConfigurationSection section) {
        ZoneId zone = section.value(LIMIT_ZONE, ServingSettings::zone).orElseGet(ZoneId::systemDefault);
        List<BandwidthPeriod> periods = new ArrayList<>();
        for (ConfigurationSection each : section.sections(LIMITS)) {
            Set<DayOfWeek> days =
                    each.value("days", BandwidthPeriod::parseDays).orElseGet(() -> EnumSet.allOf(DayOfWeek.class));
            LocalTime from = time(each, "from");
            LocalTime to = time(each, "to");
            periods.add(new BandwidthPeriod(days, from, to, bandwidth(each, SEND, RECEIVE)));
        }
        if (periods.size() > BandwidthSchedule.MAX_PERIODS) {
            section.problem(
                    LIMITS, periods.size() + " periods (expected: at most " + BandwidthSchedule.MAX_PERIODS + ")");
            periods.clear();
        }
        return new BandwidthSchedule(zone, periods, bandwidth(section, "limit-send", "limit-receive"));
    }

    private static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("\"" + text + "\" (expected: a time zone such as Europe/Berlin)", e);
        }
    }

    private static LocalTime time(ConfigurationSection section, String key) {
        String text = section.requiredString(key);
        return text.isEmpty()
                ? LocalTime.MIDNIGHT
                : section.value(key, BandwidthPeriod::parseTime).orElse(LocalTime.MIDNIGHT);
    }

    private static Bandwidth bandwidth(ConfigurationSection section, String send, String receive) {
        long sendBytes = rate(section, send, each -> new Bandwidth(each, 0).sendBytesPerSecond());
        long receiveBytes = rate(section, receive, each -> new Bandwidth(0, each).receiveBytesPerSecond());
        return new Bandwidth(sendBytes, receiveBytes);
    }

    private static long rate(ConfigurationSection section, String key, Function<Long, Long> check) {
        return section.value(key, text -> check.apply(Bandwidth.parseRate(text)))
                .orElse(0L);
    }
}
