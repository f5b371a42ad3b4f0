// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.hostedcache.HostedCacheSettings;
import io.peerdist.runtime.cli.ManagementClient;
import io.peerdist.runtime.cli.ManagementCommand;

/** What the commands that ask a running hosted cache share. */
abstract sealed class HostedCacheQuestion extends ManagementCommand
        permits StatusCommand, ListCommand, VerifyCommand, FlushCommand, ExportCommand, SegmentAction {
    HostedCacheQuestion() {
        super(new ManagementClient("hosted cache", HostedCacheSettings.DEFAULT_MANAGEMENT_PORT));
    }
}
