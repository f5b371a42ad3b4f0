// SPDX-License-Identifier: Apache-2.0
/**
 * Asks before the origin is asked: other downloads of this agent, and the hosted cache for the other machines of the branch
 * ({@code protocol-spec/spec/fetch-leases.md}). Entry type: {@link io.peerdist.agent.lease.AgentLeases}.
 */
@NullMarked
package io.peerdist.agent.lease;

import org.jspecify.annotations.NullMarked;
