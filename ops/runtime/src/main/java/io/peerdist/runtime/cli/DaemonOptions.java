// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import io.peerdist.runtime.config.SettingOverrides;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;

/** The options of every daemon with a configuration file: {@code --config}, what wins over the file, and tracing. */
@SuppressWarnings("UnusedVariable") // picocli reads the mixin for tracing
public final class DaemonOptions {
    @Mixin
    private BindOptions bind = new BindOptions();

    @Mixin
    private DataOptions data = new DataOptions();

    @Mixin
    private ManagementOptions management = new ManagementOptions();

    @Mixin
    private ConfigOptions config = new ConfigOptions();

    @Mixin
    private TraceOptions tracing = new TraceOptions();

    /** The configuration file, if one is named. */
    public Optional<Path> configFile() {
        return config.file();
    }

    /** What these options say instead of the keys of {@code section}; the daemon adds its own. */
    public SettingOverrides overrides(String section) {
        return new SettingOverrides()
                .put(section + ".bind", "--bind", bind.bind().orElse(null))
                .put(section + ".data-dir", "--data-dir", data.directory().orElse(null))
                .put(
                        section + ".management-bind",
                        "--management-bind",
                        management.bind().orElse(null))
                .put(
                        section + ".management-port",
                        "--management-port",
                        management.port().isPresent() ? management.port().getAsInt() : null);
    }
}
