// SPDX-License-Identifier: Apache-2.0
/**
 * Brings a file that this machine has into its local cache, under the content information of the origin that has the same
 * file ({@code peerdist agent publish}). {@link io.peerdist.agent.publish.PublishedFile} serves the file,
 * {@link io.peerdist.agent.publish.Publication} takes it.
 */
@NullMarked
package io.peerdist.agent.publish;

import org.jspecify.annotations.NullMarked;
