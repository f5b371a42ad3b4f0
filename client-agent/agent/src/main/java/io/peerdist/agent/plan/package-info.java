// SPDX-License-Identifier: Apache-2.0
/**
 * What is fetched from where and in which order: the decisions of a download without any I/O, thread or clock, so that every
 * course of events can be tested. Entry type: {@link io.peerdist.agent.plan.DownloadPlan}, which gives
 * {@link io.peerdist.agent.plan.PlanAction}s and is told what came of each.
 */
@NullMarked
package io.peerdist.agent.plan;

import org.jspecify.annotations.NullMarked;
