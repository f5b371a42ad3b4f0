// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor.firewall;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Follows a packet from one hook of a table, along every way that it may take. For one use. */
final class Walk {
    /** The kernel's own limit of jumps (nftables: 16). */
    private static final int MAX_DEPTH = 16;
    /** Rules looked at, so that chains that jump to each other many times over end. */
    private static final int MAX_STEPS = 200_000;

    private final Map<String, Chain> chains;
    private final Packet packet;
    private final Set<String> letBy = new LinkedHashSet<>();
    private final Set<String> stoppedBy = new LinkedHashSet<>();
    private boolean passes;
    private int steps;

    Walk(Map<String, Chain> chains, Packet packet) {
        this.chains = chains;
        this.packet = packet;
    }

    /** Goes through a chain that has a hook; its policy has the last word. */
    void from(Chain base, String policyText) {
        if (through(base, 0) != Truth.NO) {
            if (base.dropsByPolicy) {
                stoppedBy.add(policyText);
            } else {
                passes = true;
            }
        }
    }

    boolean mayPass() {
        return passes || !letBy.isEmpty();
    }

    Set<String> letBy() {
        return letBy;
    }

    Set<String> stoppedBy() {
        return stoppedBy;
    }

    /** Whether the packet comes out at the end of the chain, or returns from it. */
    private Truth through(Chain chain, int depth) {
        Truth here = Truth.YES;
        boolean mayReturn = false;
        for (Rule rule : chain.rules) {
            if (++steps > MAX_STEPS) {
                return Truth.MAYBE;
            }
            Truth holds = rule.condition().test(packet);
            if (holds == Truth.NO || rule.action() == Rule.Action.NONE) {
                continue;
            }
            if (rule.action() == Rule.Action.RETURN) {
                mayReturn = true;
            }
            Truth after = rule.action() == Rule.Action.RETURN ? Truth.NO : after(rule, depth);
            boolean goes = rule.action() == Rule.Action.GO;
            if (goes && after != Truth.NO) {
                mayReturn = true; // the end of the other chain is the end of this one
                after = Truth.NO;
            }
            if (holds == Truth.YES && after == Truth.NO) {
                return end(here, mayReturn, true);
            }
            if (after != Truth.YES) {
                here = Truth.MAYBE;
            }
        }
        return end(here, mayReturn, false);
    }

    private static Truth end(Truth here, boolean mayReturn, boolean stopped) {
        if (stopped) {
            return mayReturn ? Truth.MAYBE : Truth.NO;
        }
        return here;
    }

    /** Whether a packet for which the rule holds goes on behind it. */
    private Truth after(Rule rule, int depth) {
        return switch (rule.action()) {
            case ACCEPT -> {
                letBy.add(rule.text());
                yield Truth.NO;
            }
            case DROP -> {
                stoppedBy.add(rule.text());
                yield Truth.NO;
            }
            case JUMP, GO -> {
                Chain target = chains.get(rule.target());
                yield target == null || depth >= MAX_DEPTH ? Truth.MAYBE : through(target, depth + 1);
            }
            case RETURN, NONE -> Truth.YES;
        };
    }
}
