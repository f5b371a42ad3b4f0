// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --passphrase-file}. */
final class PassphraseOptions {
    @Option(
            names = "--passphrase-file",
            paramLabel = "P",
            description =
                    "File with the passphrase in UTF-8, or - for standard input; one line end at the end is cut off."
                            + " Default: ask at the terminal. There is no option for the passphrase itself: every user of the"
                            + " machine can read command lines (ps), and shells keep them in their history.")
    private @Nullable Path file;

    boolean isGiven() {
        return file != null;
    }

    Passphrase read(PassphraseSource source, String purpose, boolean confirm) {
        return source.read(file, purpose, confirm);
    }
}
