// SPDX-License-Identifier: Apache-2.0
/**
 * What every daemon needs besides its protocol: clock, exit codes, failures that the user can act upon, sizes and
 * addresses as text, event loops and worker pools, logging, and the life of a process from start to signal. Entry types:
 * {@link io.peerdist.runtime.DaemonRunner} for a process, {@link io.peerdist.runtime.Components} for its parts.
 */
@NullMarked
package io.peerdist.runtime;

import org.jspecify.annotations.NullMarked;
