// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

/** What a {@code peerdist} process tells the shell when it ends. Scripts rely on these numbers: they never change. */
public enum ExitCode {
    /** All is done; for a daemon: it was asked to stop and stopped. */
    OK(0),
    /** The work failed, in a way that has no number of its own: a verification that did not agree, a daemon that is not there. */
    WORK_FAILED(1),
    /** The command line is wrong. */
    USAGE(2),
    /** A server did not deliver the file: it is not there, or the server cannot be reached, refuses or breaks off. */
    ORIGIN_FAILED(3),
    /** A file that was downloaded completely does not have the checksum that the user named. */
    CHECKSUM_MISMATCH(4),
    /** A file cannot be written, or read back: no space, no permission, no such directory, another program writes it. */
    CANNOT_WRITE(5),
    /** The configuration file, or a value in it, is wrong or missing. */
    CONFIGURATION(64),
    /** The data directory belongs to another process. */
    STORE_LOCKED(65),
    /** The data directory holds something that cannot be read any more. */
    STORE_CORRUPT(66),
    /** An address or port cannot be listened on. */
    CANNOT_BIND(67),
    /** A defect of this program. */
    INTERNAL(70);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** The number the process exits with, 0 to 255. */
    public int code() {
        return code;
    }
}
