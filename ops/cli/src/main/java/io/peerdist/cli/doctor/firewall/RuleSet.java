// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor.firewall;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The rules of a firewall. Immutable once read. */
public final class RuleSet {
    private final List<Table> tables;

    RuleSet(List<Table> tables) {
        this.tables = List.copyOf(tables);
    }

    /**
     * Reads what {@code nft -j list ruleset} writes.
     *
     * @param withoutIptables leaves out what iptables keeps there itself, as it is read from iptables
     * @throws IllegalArgumentException for what is something else
     */
    public static RuleSet ofNft(String json, boolean withoutIptables) {
        return NftReader.read(json, withoutIptables);
    }

    /**
     * Reads what {@code iptables-save} or {@code ip6tables-save} writes.
     *
     * @throws IllegalArgumentException for what is something else
     */
    public static RuleSet ofIptables(String text, boolean ipv4) {
        return IptablesReader.read(text, ipv4);
    }

    /** All tables of some rule sets. */
    public static RuleSet of(List<RuleSet> parts) {
        return new RuleSet(parts.stream().flatMap(part -> part.tables.stream()).toList());
    }

    /** Whether a program of this name keeps the rules, by how it names its chains and tables. */
    public boolean isKeptBy(String program) {
        return tables.stream()
                .anyMatch(table -> table.label.contains(program)
                        || table.chains.keySet().stream()
                                .anyMatch(name -> name.toLowerCase(Locale.ROOT).startsWith(program)));
    }

    /** What becomes of a packet: each table may stop it. */
    public Passage judge(Packet packet) {
        Set<String> letBy = new LinkedHashSet<>();
        Set<String> stoppedBy = new LinkedHashSet<>();
        Passage.Result result = Passage.Result.PASSES;
        for (Table table : tables) {
            if (!(packet.ipv4() ? table.ipv4 : table.ipv6)) {
                continue;
            }
            for (Chain chain : hooked(table, packet.inbound() ? Chain.Hook.INPUT : Chain.Hook.OUTPUT)) {
                Walk walk = new Walk(table.chains, packet);
                walk.from(chain, table.label + ", policy of chain " + chain.name);
                letBy.addAll(walk.letBy());
                stoppedBy.addAll(walk.stoppedBy());
                if (!walk.mayPass()) {
                    result = Passage.Result.STOPPED;
                } else if (!walk.stoppedBy().isEmpty() && result == Passage.Result.PASSES) {
                    result = Passage.Result.DEPENDS;
                }
            }
        }
        return new Passage(result, List.copyOf(letBy), List.copyOf(stoppedBy));
    }

    private static List<Chain> hooked(Table table, Chain.Hook hook) {
        List<Chain> found = new ArrayList<>();
        table.chains.values().stream().filter(chain -> chain.hook == hook).forEach(found::add);
        return found;
    }
}
