// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --data-dir}. */
public final class DataOptions {
    @Option(names = "--data-dir", paramLabel = "DIR", description = "Directory for everything that is kept.")
    private @Nullable Path directory;

    public Optional<Path> directory() {
        return Optional.ofNullable(directory);
    }
}
