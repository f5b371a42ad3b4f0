// SPDX-License-Identifier: Apache-2.0
/**
 * The one command, peerdist.
 */
@NullMarked
package io.peerdist.cli;

import org.jspecify.annotations.NullMarked;
