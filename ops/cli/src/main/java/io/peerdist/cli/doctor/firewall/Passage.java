// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor.firewall;

import java.util.List;

/**
 * What becomes of a packet.
 *
 * @param result whether it is let through
 * @param letBy the rules that may let it through, as text
 * @param stoppedBy the rules and policies that may stop it
 */
public record Passage(Result result, List<String> letBy, List<String> stoppedBy) {
    /** Whether a packet is let through. */
    public enum Result {
        PASSES,
        /** Some of its kind are, others not: it depends on sender, interface, or something not understood here. */
        DEPENDS,
        STOPPED
    }

    /** Takes copies. */
    public Passage {
        letBy = List.copyOf(letBy);
        stoppedBy = List.copyOf(stoppedBy);
    }
}
