// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

/**
 * How long a download waits for what others fetch.
 *
 * @param maxWaitNanos without a block from anywhere before it goes to the origin for everything; four times as long for one
 *     segment, whatever else comes
 * @param maxHeldNanos for a segment that a cache says it holds and does not deliver
 */
public record LeaseLimits(long maxWaitNanos, long maxHeldNanos) {}
