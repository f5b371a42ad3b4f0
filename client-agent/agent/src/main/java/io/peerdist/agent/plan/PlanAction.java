// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import java.util.List;

/** What a {@link DownloadPlan} wants done next. Every action is answered exactly once. */
public sealed interface PlanAction {
    /**
     * Ask a source which blocks it holds of the segments {@code fromSegment} to {@code toSegment} - 1. Answered by
     * {@link DownloadPlan#lookedUp}.
     */
    record LookUp(int source, int batch, int fromSegment, int toSegment) implements PlanAction {}

    /**
     * Ask whose turn it is to fetch these segments from the origin, by their numbers. Answered by
     * {@link DownloadPlan#leased}.
     */
    record AskLease(int ask, List<Integer> segments) implements PlanAction {}

    /**
     * Fetch one block from a source, verify and write it. Answered by {@link DownloadPlan#verified} or
     * {@link DownloadPlan#notFetched}.
     */
    record Fetch(int source, int ordinal) implements PlanAction {}

    /**
     * Fetch the blocks {@code fromOrdinal} to {@code toOrdinal} - 1 from the origin with one request. Each arrival is told
     * by {@link DownloadPlan#originVerified} or {@link DownloadPlan#originBad}, the end by {@link DownloadPlan#runEnded}.
     */
    record FetchRun(int run, int fromOrdinal, int toOrdinal) implements PlanAction {}
}
