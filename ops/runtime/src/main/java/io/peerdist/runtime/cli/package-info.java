// SPDX-License-Identifier: Apache-2.0
/**
 * What all commands share: option groups, converters, exit codes, the version. Entry type:
 * {@link io.peerdist.runtime.cli.CommandLines}.
 */
@NullMarked
package io.peerdist.runtime.cli;

import org.jspecify.annotations.NullMarked;
