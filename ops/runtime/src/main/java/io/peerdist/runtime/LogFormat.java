// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

/** How log lines look. */
public enum LogFormat {
    /** Plain on a terminal, JSON elsewhere. */
    AUTO,
    /** One line of text for a person. */
    PLAIN,
    /** One JSON object per line for a collector. */
    JSON
}
