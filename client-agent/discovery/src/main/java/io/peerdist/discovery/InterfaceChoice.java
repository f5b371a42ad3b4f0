// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import java.util.List;

/**
 * On which interfaces discovery takes part.
 *
 * @param included the only ones; all when empty
 * @param excluded those of them that are left out after all
 */
public record InterfaceChoice(List<InterfaceRule> included, List<InterfaceRule> excluded) {
    /** All interfaces. */
    public static final InterfaceChoice ALL = new InterfaceChoice(List.of(), List.of());

    /** Takes copies. */
    public InterfaceChoice {
        included = List.copyOf(included);
        excluded = List.copyOf(excluded);
    }

    /** Whether discovery takes part in a subnet. */
    public boolean chooses(LocalNetwork network) {
        return (included.isEmpty() || included.stream().anyMatch(rule -> rule.matches(network)))
                && excluded.stream().noneMatch(rule -> rule.matches(network));
    }
}
