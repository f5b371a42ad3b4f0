// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

/** How much a finding matters. */
enum Level {
    OK,
    /** Works, but not as well as it could, or may not work. */
    HINT,
    /** Does not work. */
    PROBLEM,
    /** Could not be looked at. */
    SKIPPED
}
