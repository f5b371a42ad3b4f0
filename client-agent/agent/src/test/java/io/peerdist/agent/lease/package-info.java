// SPDX-License-Identifier: Apache-2.0
/** Tests of the leases of an agent. */
@NullMarked
package io.peerdist.agent.lease;

import org.jspecify.annotations.NullMarked;
