// SPDX-License-Identifier: Apache-2.0
/**
 * What every daemon needs: configuration, lifecycle, management HTTP, metrics, exit codes, clock.
 */
@NullMarked
package io.peerdist.runtime;

import org.jspecify.annotations.NullMarked;
