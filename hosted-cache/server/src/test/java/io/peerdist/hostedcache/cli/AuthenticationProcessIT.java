// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Client authentication of the command. */
class AuthenticationProcessIT {
    @TempDir
    private Path directory;

    @Test
    void saysWhichKeyIsMissing() throws Exception {
        try (HostedCacheProcess process = new HostedCacheProcess(
                directory,
                "run",
                "--data-dir",
                directory.resolve("data").toString(),
                "--client-authentication",
                "domain")) {
            assertThat(process.exitCode()).isEqualTo(64);
            assertThat(process.errors()).contains("hosted-cache.authentication.keytab: missing");
        }
    }

    @Test
    void knowsTwoModes() throws Exception {
        try (HostedCacheProcess process = new HostedCacheProcess(
                directory,
                "run",
                "--data-dir",
                directory.resolve("data").toString(),
                "--client-authentication",
                "ntlm")) {
            assertThat(process.exitCode()).isEqualTo(64);
            assertThat(process.errors()).contains("--client-authentication: \"ntlm\" (expected: one of none, domain)");
        }
    }
}
