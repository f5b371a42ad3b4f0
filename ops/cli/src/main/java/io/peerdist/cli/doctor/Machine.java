// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import io.peerdist.runtime.Clock;
import java.nio.file.Path;
import java.util.Map;

/**
 * What checks look at.
 *
 * @param proc where the kernel tells of processes and sockets: {@code /proc}
 * @param controlGroups where it tells of limits of groups of processes: {@code /sys/fs/cgroup}
 * @param commands the programs that are installed
 */
record Machine(Clock clock, Path proc, Path controlGroups, Commands commands) {
    /** This one. */
    static Machine here(Map<String, String> environment) {
        Clock clock = Clock.system();
        return new Machine(
                clock, Path.of("/proc"), Path.of("/sys/fs/cgroup"), new SystemCommands(environment, clock::nanoTime));
    }
}
