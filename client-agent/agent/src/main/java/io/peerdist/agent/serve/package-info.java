// SPDX-License-Identifier: Apache-2.0
/**
 * Whom an agent serves, and how quickly: battery, networks that cost, bandwidth by the time of day, and answers in the name of
 * a hosted cache elsewhere. Entry type: {@link io.peerdist.agent.serve.ServingPolicy}.
 */
@NullMarked
package io.peerdist.agent.serve;

import org.jspecify.annotations.NullMarked;
