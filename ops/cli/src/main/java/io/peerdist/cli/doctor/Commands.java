// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

/** Programs of this machine that are asked for what Java cannot see. */
@FunctionalInterface
interface Commands {
    /** How a program ended. */
    enum End {
        DONE,
        /** There is no such program. */
        ABSENT,
        /** It ended with another exit code than 0; what it said is its text. */
        FAILED,
        /** It took too long, and was ended. */
        TIMED_OUT
    }

    /**
     * What a program said.
     *
     * @param text what it wrote on standard output; on standard error when it failed
     */
    record Output(End end, String text) {}

    /** Runs a program to its end, or to a time limit. */
    Output run(String... command) throws InterruptedException;
}
