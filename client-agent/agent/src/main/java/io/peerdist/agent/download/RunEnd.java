// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

/** How the execution of a plan ended. */
sealed interface RunEnd {
    /** Every block is verified and written. */
    record Complete() implements RunEnd {}

    /** The origin has another version of the file by now; {@code sign} tells what gave it away. */
    record Changed(String sign) implements RunEnd {}

    /** What the origin delivers does not match the content information at this offset. */
    record Corrupt(long offset) implements RunEnd {}

    /** The origin does not deliver, for this reason. */
    record Unreachable(String problem) implements RunEnd {}

    /** Nobody wants the rest. */
    record Abandoned() implements RunEnd {}
}
