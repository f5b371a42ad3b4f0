// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.runtime.cli.CommandLines;

/** {@code peerdist secret} as a process of its own. */
final class SecretMain {
    private SecretMain() {}

    public static void main(String[] arguments) {
        System.exit(CommandLines.create(new SecretCommand()).execute(arguments));
    }
}
