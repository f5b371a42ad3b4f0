// SPDX-License-Identifier: Apache-2.0
/**
 * Downloads, from the first request to the complete file: executes the plan, verifies every block, writes it to the file or
 * stream, holds the whole against a checksum if there is one, and takes up what an interrupted download had left. Entry
 * type: {@link io.peerdist.agent.download.DownloadEngine}; what its users hand in and get back are the records and listeners
 * {@code Download*} and {@link io.peerdist.agent.download.Checksum}.
 */
@NullMarked
package io.peerdist.agent.download;

import org.jspecify.annotations.NullMarked;
