// SPDX-License-Identifier: Apache-2.0
/** The rules of the HTTP proxy through which ordinary programs will use the agent (RFC 9110 7.6, RFC 9112 3.2). */
@NullMarked
package io.peerdist.agent.proxy;

import org.jspecify.annotations.NullMarked;
