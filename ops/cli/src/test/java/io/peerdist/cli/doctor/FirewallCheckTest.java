// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.cli.doctor.Commands.End;
import io.peerdist.cli.doctor.Commands.Output;
import io.peerdist.cli.doctor.firewall.Packet;
import io.peerdist.cli.doctor.firewall.PortRange;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FirewallCheckTest {
    private static final Output ABSENT = new Output(End.ABSENT, "");
    private static final String DROPS = "*filter\n:INPUT DROP [0:0]\n%sCOMMIT\n";
    private static final List<FirewallCheck.Wanted> WANTED = List.of(new FirewallCheck.Wanted(
            "probes of others, UDP port 3702",
            new Packet(true, true, true, true, PortRange.EPHEMERAL, PortRange.of(3_702), Set.of("eth0"))));

    @Test
    void saysWhichRuleStopsProbesAndHowToLetThemPass() throws InterruptedException {
        List<Finding> findings = check(new Output(End.DONE, DROPS.formatted("")), ABSENT);

        assertThat(findings).hasSize(2);
        assertThat(findings.get(0)).satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.PROBLEM);
            assertThat(finding.seen())
                    .isEqualTo("IPv4: stops probes of others, UDP port 3702, by \"iptables, policy of chain INPUT\"");
            assertThat(finding.advice()).contains("iptables -I INPUT -p udp --dport 3702 -j ACCEPT");
        });
        assertThat(findings.get(1).seen()).isEqualTo("lets pass: probes of others, UDP port 3702 (IPv6)");
    }

    @Test
    void speaksOfTheProgramThatKeepsTheRules() throws InterruptedException {
        List<Finding> findings = check(new Output(End.DONE, DROPS.formatted(":ufw-user-input - [0:0]\n")), ABSENT);

        assertThat(findings.get(0).advice()).isEqualTo("Let it pass: ufw allow proto udp to any port 3702.");
    }

    @Test
    void hintsAtRulesForSomeNetworks() throws InterruptedException {
        String rule = "-A INPUT -s 10.0.0.0/8 -j ACCEPT\n";
        List<Finding> findings = check(new Output(End.DONE, DROPS.formatted(rule)), ABSENT);

        assertThat(findings.get(0).level()).isEqualTo(Level.HINT);
        assertThat(findings.get(0).seen()).contains("let pass by \"iptables -A INPUT -s 10.0.0.0/8 -j ACCEPT\"");
    }

    @Test
    void saysThatItCouldNotLook() throws InterruptedException {
        assertThat(check(ABSENT, ABSENT)).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.SKIPPED);
            assertThat(finding.seen()).contains("neither nft nor iptables-save");
        });
        assertThat(check(ABSENT, new Output(End.FAILED, "Operation not permitted (you must be root)\nnetlink")))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.SKIPPED);
                    assertThat(finding.advice()).contains("sudo");
                });
        assertThat(check(ABSENT, new Output(End.TIMED_OUT, "")))
                .singleElement()
                .satisfies(finding -> assertThat(finding.seen()).contains("did not end in time"));
        assertThat(check(ABSENT, new Output(End.DONE, "what?")))
                .singleElement()
                .satisfies(finding -> assertThat(finding.seen()).contains("something else than expected"));
    }

    @Test
    void isContentWithoutRules() throws InterruptedException {
        assertThat(check(ABSENT, new Output(End.DONE, "{\"nftables\": []}")))
                .singleElement()
                .satisfies(finding -> assertThat(finding.seen())
                        .isEqualTo("lets pass: probes of others, UDP port 3702 (IPv4, IPv6)"));
    }

    private static List<Finding> check(Output iptables, Output nft) throws InterruptedException {
        Commands commands = command -> switch (command[0]) {
            case "iptables-save" -> iptables;
            case "nft" -> nft;
            default -> ABSENT;
        };
        return new FirewallCheck(commands, WANTED).run();
    }
}
