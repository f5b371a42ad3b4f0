// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.runtime.Clock;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a command knows of the process it runs in.
 *
 * @param terminal whether standard error is one
 * @param standardInput opened when it is read
 * @param standardOutput opened when bytes go there
 */
record CommandContext(
        Map<String, String> environment,
        boolean terminal,
        Supplier<InputStream> standardInput,
        Supplier<OutputStream> standardOutput,
        Clock clock) {
    /** This process. */
    static CommandContext ofThisProcess() {
        return new CommandContext(
                System.getenv(),
                Terminal.isStandardError(),
                () -> new FileInputStream(FileDescriptor.in),
                () -> new FileOutputStream(FileDescriptor.out),
                Clock.system());
    }
}
