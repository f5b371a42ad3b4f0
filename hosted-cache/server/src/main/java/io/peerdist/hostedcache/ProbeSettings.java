// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.discovery.DiscoveryReach;
import io.peerdist.discovery.DiscoverySettings;
import io.peerdist.discovery.InterfaceChoice;
import io.peerdist.discovery.InterfaceRule;
import io.peerdist.runtime.config.ConfigurationSection;
import java.util.List;

/**
 * Whether a hosted cache answers the probes of peers on its subnets: the keys {@code answer-probes} and
 * {@code discovery-interfaces} of the section {@code hosted-cache}.
 *
 * @param answer whether it does
 * @param interfaces on which interfaces; on all when empty
 * @param reach through multicast, but for tests
 */
public record ProbeSettings(boolean answer, List<InterfaceRule> interfaces, DiscoveryReach reach) {
    /** No probe is answered, nothing is listened on. */
    public static final ProbeSettings OFF =
            new ProbeSettings(false, List.of(), new DiscoveryReach.Multicast(DiscoveryReach.PORT));

    /** Takes a copy. */
    public ProbeSettings {
        interfaces = List.copyOf(interfaces);
    }

    /** Reads both keys; mistakes are remembered in the section. */
    static ProbeSettings read(ConfigurationSection section) {
        boolean answer = section.bool("answer-probes", OFF.answer);
        return new ProbeSettings(answer, section.values("discovery-interfaces", InterfaceRule::parse), OFF.reach);
    }

    DiscoverySettings discovery() {
        return DiscoverySettings.DEFAULT
                .withReach(reach)
                .withInterfaces(new InterfaceChoice(interfaces, List.of()))
                .withAnswers(true);
    }
}
