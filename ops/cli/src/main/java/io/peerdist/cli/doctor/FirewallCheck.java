// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import io.peerdist.cli.doctor.firewall.Packet;
import io.peerdist.cli.doctor.firewall.Passage;
import io.peerdist.cli.doctor.firewall.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Follows the packets that PeerDist needs through the rules of nftables and iptables. */
final class FirewallCheck implements Check {
    private static final String NAME = "firewall";
    private static final int MAX_RULES_TOLD = 3;

    /**
     * Packets that must pass.
     *
     * @param what for people: what is lost when they do not
     * @param packet one of them, over IPv4
     */
    record Wanted(String what, Packet packet) {}

    private final Commands commands;
    private final List<Wanted> wanted;

    FirewallCheck(Commands commands, List<Wanted> wanted) {
        this.commands = commands;
        this.wanted = List.copyOf(wanted);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Finding> run() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        List<RuleSet> parts = new ArrayList<>();
        boolean iptables = false;
        for (boolean ipv4 : new boolean[] {true, false}) {
            String program = ipv4 ? "iptables-save" : "ip6tables-save";
            Commands.Output output = commands.run(program);
            iptables |= add(program, output, () -> RuleSet.ofIptables(output.text(), ipv4), parts, findings);
        }
        boolean withoutIptables = iptables;
        Commands.Output nft = commands.run("nft", "-j", "list", "ruleset");
        boolean read =
                add("nft -j list ruleset", nft, () -> RuleSet.ofNft(nft.text(), withoutIptables), parts, findings);
        if (!read && !iptables) {
            if (findings.isEmpty()) {
                findings.add(Finding.skipped(
                        NAME,
                        "could not be looked at: neither nft nor iptables-save is installed",
                        "If this machine has a firewall of another kind, let in: " + list() + "."));
            }
            return findings;
        }
        findings.addAll(judge(RuleSet.of(parts)));
        return findings;
    }

    /** A reader of what a program wrote. */
    @FunctionalInterface
    private interface Reader {
        RuleSet read();
    }

    private boolean add(
            String program, Commands.Output output, Reader reader, List<RuleSet> parts, List<Finding> findings) {
        String reason = switch (output.end()) {
            case ABSENT -> "";
            case TIMED_OUT -> "did not end in time";
            case FAILED -> output.text().lines().findFirst().orElse("failed");
            case DONE -> {
                try {
                    parts.add(reader.read());
                    yield "";
                } catch (IllegalArgumentException e) {
                    yield "wrote something else than expected: " + e.getMessage();
                }
            }
        };
        if (!reason.isEmpty()) {
            findings.add(Finding.skipped(
                    NAME,
                    "could not be looked at with " + program + ": " + reason,
                    reason.toLowerCase(Locale.ROOT).matches(".*(permit|permission|root|denied).*")
                            ? "Only root may: sudo peerdist doctor."
                            : "Look yourself whether it lets in: " + list() + "."));
        }
        return reason.isEmpty() && output.end() == Commands.End.DONE;
    }

    private List<Finding> judge(RuleSet rules) {
        List<Finding> findings = new ArrayList<>();
        List<String> passing = new ArrayList<>();
        for (Wanted each : wanted) {
            List<String> families = new ArrayList<>();
            for (boolean ipv4 : new boolean[] {true, false}) {
                Passage passage = rules.judge(each.packet().withIpv4(ipv4));
                String family = ipv4 ? "IPv4" : "IPv6";
                switch (passage.result()) {
                    case PASSES -> families.add(family);
                    case DEPENDS -> findings.add(depends(each, family, passage));
                    case STOPPED -> findings.add(stopped(rules, each, family, passage));
                }
            }
            if (!families.isEmpty()) {
                passing.add(each.what() + " (" + String.join(", ", families) + ")");
            }
        }
        if (!passing.isEmpty()) {
            findings.add(Finding.ok(NAME, "lets pass: " + String.join("; ", passing)));
        }
        return findings;
    }

    private static Finding stopped(RuleSet rules, Wanted each, String family, Passage passage) {
        return Finding.problem(
                NAME,
                family + ": stops " + each.what() + ", by " + told(passage.stoppedBy()),
                "Let it pass: " + command(rules, each.packet(), family) + ".");
    }

    private static Finding depends(Wanted each, String family, Passage passage) {
        String let = passage.letBy().isEmpty() ? "" : ", let pass by " + told(passage.letBy());
        return Finding.hint(
                NAME,
                family + ": lets pass only some of " + each.what() + let + "; the rest is stopped by "
                        + told(passage.stoppedBy()),
                "Look whether these rules let in the networks of this office; nft -a list ruleset shows their handles.");
    }

    private static String told(List<String> rules) {
        String first = rules.stream()
                .limit(MAX_RULES_TOLD)
                .map(rule -> "\"" + rule + "\"")
                .collect(Collectors.joining(", "));
        int more = rules.size() - MAX_RULES_TOLD;
        return more > 0 ? first + " and " + more + " more" : first;
    }

    /** In the words of the program that keeps the rules. */
    private static String command(RuleSet rules, Packet packet, String family) {
        String transport = packet.udp() ? "udp" : "tcp";
        boolean bySource = packet.source().from() == packet.source().to();
        int port = bySource ? packet.source().from() : packet.destination().from();
        String side = bySource ? "sport" : "dport";
        boolean out = !packet.inbound();
        if (rules.isKeptBy("firewalld") && !out) {
            return (bySource
                            ? "firewall-cmd --permanent --add-source-port=" + port + "/" + transport
                            : "firewall-cmd --permanent --add-port=" + port + "/" + transport)
                    + " && firewall-cmd --reload";
        }
        if (rules.isKeptBy("ufw")) {
            return "ufw allow " + (out ? "out " : "") + "proto " + transport
                    + (bySource ? " from any port " + port + " to any" : " to any port " + port);
        }
        String iptables = family.equals("IPv4") ? "iptables" : "ip6tables";
        String chain = out ? "OUTPUT" : "INPUT";
        return "with nftables, nft insert rule inet filter " + chain.toLowerCase(Locale.ROOT) + " " + transport + " "
                + side + " " + port + " accept (your table and chain may have other names); with iptables, " + iptables
                + " -I " + chain + " -p " + transport + " --" + side + " " + port
                + " -j ACCEPT; and keep it over a restart";
    }

    private String list() {
        Stream<String> all = wanted.stream().map(Wanted::what).distinct();
        return all.collect(Collectors.joining("; "));
    }
}
