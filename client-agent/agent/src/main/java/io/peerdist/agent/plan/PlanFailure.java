// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

/** Why a plan cannot be finished: the origin, the last source of every block, does not help. */
public sealed interface PlanFailure {
    /** The origin was asked again and again and delivered nothing; {@code problem} is the last reason. */
    record OriginUnreachable(String problem) implements PlanFailure {}

    /** What the origin delivers for this block does not match the content information. */
    record OriginCorrupt(int ordinal) implements PlanFailure {}
}
