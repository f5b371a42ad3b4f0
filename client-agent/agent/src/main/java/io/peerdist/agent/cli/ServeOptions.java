// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.runtime.config.SettingOverrides;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say whom an agent serves, how quickly, and for whom it answers. */
final class ServeOptions {
    @Option(
            names = "--limit-send",
            paramLabel = "RATE",
            description =
                    "What may be sent of blocks in a second, for example 5MB/s; 0 for no limit. Default: no limit.")
    private @Nullable String limitSend;

    @Option(
            names = "--limit-receive",
            paramLabel = "RATE",
            description = "What downloads together may take from the network in a second. Default: no limit.")
    private @Nullable String limitReceive;

    @Option(
            names = "--serve-on-battery",
            arity = "0",
            description = "Serve peers also while this machine runs on battery.")
    private @Nullable Boolean serveOnBattery;

    @Option(
            names = "--not-on",
            paramLabel = "NAME|CIDR",
            description =
                    "Serve and ask no peers on this interface or network, for example wlan1 or 10.8.0.0/16; besides"
                            + " tunnels, dial-up links and the bridges of containers. May be given several times.")
    private List<String> notOn = new ArrayList<>();

    @Option(
            names = "--answer-for",
            paramLabel = "HOST:PORT",
            description =
                    "Answer the probes of this machine's subnets with the address of a hosted cache elsewhere, for"
                            + " what it holds. May be given several times.")
    private List<String> answerFor = new ArrayList<>();

    /** Adds what was given to the settings of the section {@code agent}. */
    SettingOverrides addTo(SettingOverrides overrides) {
        return overrides
                .put("agent.limit-send", "--limit-send", limitSend)
                .put("agent.limit-receive", "--limit-receive", limitReceive)
                .put("agent.serve-on-battery", "--serve-on-battery", serveOnBattery)
                .putAll("agent.networks.exclude", "--not-on", notOn)
                .putAll("agent.answer-for", "--answer-for", answerFor);
    }
}
