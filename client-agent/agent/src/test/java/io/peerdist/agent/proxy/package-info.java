// SPDX-License-Identifier: Apache-2.0
/** Tests of the proxy. */
@NullMarked
package io.peerdist.agent.proxy;

import org.jspecify.annotations.NullMarked;
