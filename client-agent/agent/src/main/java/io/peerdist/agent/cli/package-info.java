// SPDX-License-Identifier: Apache-2.0
/**
 * The commands {@code peerdist get} and {@code peerdist agent}. Entry types: {@link io.peerdist.agent.cli.GetCommand} and
 * {@link io.peerdist.agent.cli.AgentCommand}.
 */
@NullMarked
package io.peerdist.agent.cli;

import org.jspecify.annotations.NullMarked;
