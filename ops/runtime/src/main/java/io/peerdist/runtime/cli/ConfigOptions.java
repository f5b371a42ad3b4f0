// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --config}. */
public final class ConfigOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration file (YAML). Options win over what it says.")
    private @Nullable Path file;

    public Optional<Path> file() {
        return Optional.ofNullable(file);
    }
}
