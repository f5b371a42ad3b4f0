// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor.firewall;

import static io.peerdist.cli.doctor.firewall.Packets.ANSWER;
import static io.peerdist.cli.doctor.firewall.Packets.PROBE;
import static io.peerdist.cli.doctor.firewall.Packets.connection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.cli.doctor.firewall.Passage.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NftReaderTest {
    /** {@code table inet filter} as Debian's example has it, with a set and one more rule. */
    private static final String CLOSED = """
            {"nftables": [{"metainfo": {"version": "1.0.6", "release_name": "Lester Gooch #5", "json_schema_version": 1}},
            {"table": {"family": "inet", "name": "filter", "handle": 1}},
            {"chain": {"family": "inet", "table": "filter", "name": "input", "handle": 1, "type": "filter",
              "hook": "input", "prio": 0, "policy": "drop"}},
            {"chain": {"family": "inet", "table": "filter", "name": "output", "handle": 2, "type": "filter",
              "hook": "output", "prio": 0, "policy": "accept"}},
            {"chain": {"family": "inet", "table": "filter", "name": "office", "handle": 3}},
            {"rule": {"family": "inet", "table": "filter", "chain": "input", "handle": 4, "expr": [
              {"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "lo"}}, {"accept": null}]}},
            {"rule": {"family": "inet", "table": "filter", "chain": "input", "handle": 5, "expr": [
              {"vmap": {"key": {"ct": {"key": "state"}}, "data": {"set": [["invalid", {"drop": null}],
                ["established", {"accept": null}], ["related", {"accept": null}]]}}}]}},
            {"rule": {"family": "inet", "table": "filter", "chain": "input", "handle": 6, "comment": "ours", "expr": [
              %s]}},
            {"rule": {"family": "inet", "table": "filter", "chain": "office", "handle": 9, "expr": [
              {"counter": {"packets": 1, "bytes": 2}}, {"accept": null}]}},
            {"set": {"family": "inet", "name": "ports", "table": "filter", "type": "inet_service", "handle": 8,
              "flags": ["interval"], "elem": [{"elem": {"val": 22, "timeout": 5}}, {"range": [3700, 3710]}, 8082]}}]}
            """;

    private static final String UDP_PORT =
            "{'match': {'op': '==', 'left': {'payload': {'protocol': 'udp', 'field':" + " 'dport'}}, 'right': %s}}, ";

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "3702; {'accept': null}; PASSES",
                "3701; {'accept': null}; STOPPED",
                "{'set': [53, {'range': [3000, 4000]}]}; {'accept': null}; PASSES",
                "'@ports'; {'accept': null}; PASSES",
                "'@none'; {'accept': null}; STOPPED",
                "3702; {'jump': {'target': 'office'}}; PASSES",
                "3702; {'goto': {'target': 'office'}}; PASSES",
                "3702; {'limit': {'rate': 10, 'per': 'second'}}, {'accept': null}; DEPENDS",
                "3702; {'xt': {'type': 'match', 'name': 'set'}}, {'accept': null}; DEPENDS",
                "3702; {'log': {'prefix': 'x'}}, {'counter': {'packets': 0, 'bytes': 0}}; STOPPED",
                "3702; {'reject': {'type': 'icmpx', 'expr': 'port-unreachable'}}; STOPPED",
                "3702; {'match': {'op': '==', 'left': {'payload': {'protocol': 'ip', 'field': 'saddr'}}, 'right': {'prefix':"
                        + " {'addr': '10.0.0.0', 'len': 8}}}}, {'accept': null}; DEPENDS",
                "3702; {'match': {'op': '==', 'left': {'payload': {'protocol': 'ip6', 'field': 'saddr'}}, 'right': {'prefix':"
                        + " {'addr': 'fe80::', 'len': 10}}}}, {'accept': null}; STOPPED",
                "3702; {'match': {'op': '!=', 'left': {'meta': {'key': 'iifname'}}, 'right': 'eth1'}}, {'accept': null}; PASSES",
                "3702; {'match': {'op': 'in', 'left': {'ct': {'key': 'state'}}, 'right': ['new', 'untracked']}}, {'accept':"
                        + " null}; PASSES",
                "3702; {'match': {'op': '==', 'left': {'fib': {'result': 'type', 'flags': ['daddr']}}, 'right': 'multicast'}},"
                        + " {'accept': null}; PASSES",
                "3702; {'match': {'op': '==', 'left': {'meta': {'key': 'pkttype'}}, 'right': 'host'}}, {'accept': null}; STOPPED",
            })
    void knowsWhatARuleDoesToAProbe(String port, String rest, Result result) {
        assertThat(rules(UDP_PORT.formatted(port) + rest).judge(PROBE).result()).isEqualTo(result);
    }

    @Test
    void namesTheRuleAndThePolicy() {
        Passage dropped = rules(UDP_PORT.formatted(3702) + "{'drop': null}").judge(PROBE);
        Passage closed = rules(UDP_PORT.formatted(1) + "{'drop': null}").judge(PROBE);

        assertThat(dropped.stoppedBy()).containsExactly("nft table inet filter, chain input, handle 6 (ours)");
        assertThat(closed.stoppedBy()).containsExactly("nft table inet filter, policy of chain input");
    }

    @Test
    void comparesWithBoundsAndTransports() {
        RuleSet high =
                rules("{'match': {'op': '>=', 'left': {'payload': {'protocol': 'th', 'field': 'dport'}}, 'right':"
                        + " 1024}}, {'accept': null}");
        RuleSet tcp = rules("{'match': {'op': '==', 'left': {'meta': {'key': 'l4proto'}}, 'right': {'set': ['tcp',"
                + " 'icmp']}}}, {'accept': null}");

        assertThat(high.judge(ANSWER).result()).isEqualTo(Result.PASSES);
        assertThat(high.judge(connection(80)).result()).isEqualTo(Result.STOPPED);
        assertThat(tcp.judge(connection(80)).result()).isEqualTo(Result.PASSES);
        assertThat(tcp.judge(PROBE).result()).isEqualTo(Result.STOPPED);
        assertThat(tcp.judge(connection(80).withIpv4(false)).result()).isEqualTo(Result.PASSES);
    }

    @Test
    void leavesToIptablesWhatItKeepsThere() {
        String json = """
                {"nftables": [{"table": {"family": "ip", "name": "filter", "handle": 1}},
                {"chain": {"family": "ip", "table": "filter", "name": "INPUT", "handle": 1, "type": "filter",
                  "hook": "input", "prio": 0, "policy": "drop"}}]}""";

        assertThat(RuleSet.ofNft(json, true).judge(PROBE).result()).isEqualTo(Result.PASSES);
        assertThat(RuleSet.ofNft(json, false).judge(PROBE).result()).isEqualTo(Result.STOPPED);
        assertThat(RuleSet.ofNft(json, false).judge(PROBE.withIpv4(false)).result())
                .isEqualTo(Result.PASSES);
    }

    @Test
    void takesAMachineWithoutRules() {
        assertThat(RuleSet.ofNft("{\"nftables\": [{\"metainfo\": {}}]}", true)
                        .judge(PROBE)
                        .result())
                .isEqualTo(Result.PASSES);
    }

    @Test
    void refusesWhatIsNoRuleSet() {
        for (String text : new String[] {"", "[]", "{}", "Error: Operation not permitted", "{\"nftables\": ["}) {
            assertThatThrownBy(() -> RuleSet.ofNft(text, false)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static RuleSet rules(String expressions) {
        return RuleSet.ofNft(CLOSED.formatted(expressions.replace('\'', '"')), false);
    }
}
