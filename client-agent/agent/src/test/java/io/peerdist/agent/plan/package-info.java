// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of the plan, which need no server and no clock.
 */
@NullMarked
package io.peerdist.agent.plan;

import org.jspecify.annotations.NullMarked;
