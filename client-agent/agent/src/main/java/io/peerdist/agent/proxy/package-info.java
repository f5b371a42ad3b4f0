// SPDX-License-Identifier: Apache-2.0
/**
 * The HTTP proxy through which ordinary programs use the agent (RFC 9110 7.6, RFC 9112 3.2): passes requests on part by
 * part, opens tunnels, and brings files through content information where servers have it. Entry type:
 * {@link io.peerdist.agent.proxy.HttpProxy}.
 */
@NullMarked
package io.peerdist.agent.proxy;

import org.jspecify.annotations.NullMarked;
