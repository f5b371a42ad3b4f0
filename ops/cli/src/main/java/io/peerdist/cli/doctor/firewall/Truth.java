// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor.firewall;

/** Whether a condition holds for a packet of which not everything is known. */
enum Truth {
    YES,
    NO,
    /** For some such packets it does. */
    MAYBE;

    static Truth of(boolean known) {
        return known ? YES : NO;
    }

    Truth not() {
        return switch (this) {
            case YES -> NO;
            case NO -> YES;
            case MAYBE -> MAYBE;
        };
    }

    Truth and(Truth other) {
        if (this == NO || other == NO) {
            return NO;
        }
        return this == YES ? other : MAYBE;
    }

    Truth or(Truth other) {
        return not().and(other.not()).not();
    }
}
