// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

/**
 * One thing that a check saw.
 *
 * @param check the name of the check
 * @param seen what was found, of what; one sentence without full stop
 * @param advice what to do, with commands; empty when all is well
 */
record Finding(Level level, String check, String seen, String advice) {
    static Finding ok(String check, String seen) {
        return new Finding(Level.OK, check, seen, "");
    }

    static Finding hint(String check, String seen, String advice) {
        return new Finding(Level.HINT, check, seen, advice);
    }

    static Finding problem(String check, String seen, String advice) {
        return new Finding(Level.PROBLEM, check, seen, advice);
    }

    static Finding skipped(String check, String seen, String advice) {
        return new Finding(Level.SKIPPED, check, seen, advice);
    }
}
