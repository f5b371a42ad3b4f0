// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.management;

/** Answers questions on the management port. */
@FunctionalInterface
public interface ApiHandler {
    /** Runs on a worker thread and may block. What it throws becomes a 500, except {@code FailureException}: a 400. */
    ApiResponse handle(ApiRequest request) throws Exception;
}
