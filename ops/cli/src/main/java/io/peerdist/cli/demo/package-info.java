// SPDX-License-Identifier: Apache-2.0
/**
 * {@code peerdist demo}: the whole path of a file on one machine, with the real programs. {@link
 * io.peerdist.cli.demo.DemoCommand} is the entry.
 */
@NullMarked
package io.peerdist.cli.demo;

import org.jspecify.annotations.NullMarked;
