// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import io.peerdist.discovery.InterfaceChoice;
import io.peerdist.discovery.InterfaceRule;
import io.peerdist.discovery.LocalNetwork;
import java.util.ArrayList;
import java.util.List;

/**
 * The networks that an agent spares, because they cost or lead to machines that are better off without it.
 *
 * @param excluded where peers are neither served nor asked
 * @param askOnly where peers are asked, but not served
 */
public record NetworkRules(List<InterfaceRule> excluded, List<InterfaceRule> askOnly) {
    /** Tunnels and dial-up links, and the bridges and cables of containers and virtual machines. */
    public static final List<InterfaceRule> USUAL = List.of(
                    "tun*",
                    "tap*",
                    "wg*",
                    "ppp*",
                    "ipsec*",
                    "tailscale*",
                    "zt*",
                    "nordlynx*",
                    "gpd*",
                    "cscotun*",
                    "wwan*",
                    "wwp*",
                    "rmnet*",
                    "docker*",
                    "podman*",
                    "veth*",
                    "br-*",
                    "virbr*",
                    "vnet*",
                    "lxcbr*",
                    "lxdbr*",
                    "cni*",
                    "flannel*",
                    "cali*",
                    "vmnet*",
                    "vboxnet*")
            .stream()
            .map(InterfaceRule::parse)
            .toList();

    /** Rules beyond this are a mistake, and each is looked at for each interface. */
    public static final int MAX_RULES = 256;

    /** Takes copies; throws {@link IllegalArgumentException} for too many rules. */
    public NetworkRules {
        if (excluded.size() + askOnly.size() > MAX_RULES) {
            throw new IllegalArgumentException(
                    "networks: " + (excluded.size() + askOnly.size()) + " rules (expected: at most " + MAX_RULES + ")");
        }
        excluded = List.copyOf(excluded);
        askOnly = List.copyOf(askOnly);
    }

    /** What {@link #USUAL} names, and {@code excluded}. */
    public static NetworkRules usualAnd(List<InterfaceRule> excluded) {
        List<InterfaceRule> all = new ArrayList<>(USUAL);
        all.addAll(excluded);
        return new NetworkRules(all, List.of());
    }

    /** Whether peers of that network are served. */
    boolean serves(LocalNetwork network) {
        return excluded.stream().noneMatch(rule -> rule.matches(network))
                && askOnly.stream().noneMatch(rule -> rule.matches(network));
    }

    /** Where discovery takes part: only on {@code included} unless empty, and never where it is excluded. */
    public InterfaceChoice choice(List<InterfaceRule> included) {
        return new InterfaceChoice(included, excluded);
    }
}
