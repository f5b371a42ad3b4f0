// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import io.peerdist.agent.AgentConfiguration;
import io.peerdist.hostedcache.HostedCacheSettings;
import java.util.Optional;

/**
 * What is to run on this machine.
 *
 * @param agent as the section {@code agent} and the options say; empty on a machine with a hosted cache alone
 * @param hostedCache as the section {@code hosted-cache} says
 */
record Subject(Optional<AgentConfiguration> agent, Optional<HostedCacheSettings> hostedCache) {
    /** When even the defaults could not be read. */
    static final Subject NOTHING = new Subject(Optional.empty(), Optional.empty());
}
