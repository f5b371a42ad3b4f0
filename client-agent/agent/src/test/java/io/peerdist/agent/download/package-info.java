// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of downloads, in part against servers on loopback.
 */
@NullMarked
package io.peerdist.agent.download;

import org.jspecify.annotations.NullMarked;
