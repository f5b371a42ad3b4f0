// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of the client, and the servers on loopback that they run against.
 */
@NullMarked
package io.peerdist.agent;

import org.jspecify.annotations.NullMarked;
