// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor.firewall;

/**
 * A rule of a chain.
 *
 * @param text as an administrator finds it again
 * @param condition what it holds for
 * @param action what becomes of that
 * @param target the chain that {@code JUMP} and {@code GO} go to; empty otherwise
 */
record Rule(String text, Condition condition, Action action, String target) {
    /** Whether a rule holds for a packet. */
    @FunctionalInterface
    interface Condition {
        Condition ALWAYS = packet -> Truth.YES;
        /** For what is not understood. */
        Condition UNKNOWN = packet -> Truth.MAYBE;

        Truth test(Packet packet);

        default Condition and(Condition other) {
            return packet -> test(packet).and(other.test(packet));
        }

        default Condition or(Condition other) {
            return packet -> test(packet).or(other.test(packet));
        }

        default Condition not() {
            return packet -> test(packet).not();
        }
    }

    /** What becomes of a packet. */
    enum Action {
        ACCEPT,
        DROP,
        /** To the chain that jumped here, or the policy. */
        RETURN,
        /** To another chain and back. */
        JUMP,
        /** To another chain, and from its end to where this one would return. */
        GO,
        /** Counted, written down, and on to the next rule. */
        NONE
    }

    static Rule of(String text, Condition condition, Action action) {
        return new Rule(text, condition, action, "");
    }
}
