// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor.firewall;

import java.util.ArrayList;
import java.util.List;

/** Rules in their order; one with a hook is where packets come in. Filled while a rule set is read. */
final class Chain {
    /** Where a chain sees packets that matter here. */
    enum Hook {
        INPUT,
        OUTPUT,
        /** Another one, or none: packets come by a jump alone. */
        NONE
    }

    final String name;
    final Hook hook;
    final boolean dropsByPolicy;
    final List<Rule> rules = new ArrayList<>();

    Chain(String name, Hook hook, boolean dropsByPolicy) {
        this.name = name;
        this.hook = hook;
        this.dropsByPolicy = dropsByPolicy;
    }
}
