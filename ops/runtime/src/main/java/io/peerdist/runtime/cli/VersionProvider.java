// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import io.peerdist.runtime.BuildVersion;
import picocli.CommandLine.IVersionProvider;

/** Answers {@code --version}: {@code peerdist 0.1.0} and the Java it runs on. */
public final class VersionProvider implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"peerdist " + BuildVersion.current(), "Java " + Runtime.version()};
    }
}
