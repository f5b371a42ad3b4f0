// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.runtime.cli.CommandLines;

/** The command as a process of its own. */
final class ContentServerMain {
    private ContentServerMain() {}

    public static void main(String[] arguments) {
        System.exit(CommandLines.create(new ContentServerCommand()).execute(arguments));
    }
}
