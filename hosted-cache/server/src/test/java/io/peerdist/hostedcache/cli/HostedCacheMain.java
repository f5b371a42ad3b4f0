// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.cli.CommandLines;

/** The commands of this module as a program of their own, for tests that need a process. */
final class HostedCacheMain {
    private HostedCacheMain() {}

    public static void main(String[] arguments) {
        System.exit(CommandLines.create(new HostedCacheCommand()).execute(arguments));
    }
}
