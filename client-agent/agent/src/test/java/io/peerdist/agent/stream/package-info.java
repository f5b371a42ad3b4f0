// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of streams, in part against servers on loopback.
 */
@NullMarked
package io.peerdist.agent.stream;

import org.jspecify.annotations.NullMarked;
