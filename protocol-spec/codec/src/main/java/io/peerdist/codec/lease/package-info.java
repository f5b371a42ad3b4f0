// SPDX-License-Identifier: Apache-2.0
/**
 * Fetch leases, a format of this project ({@code protocol-spec/spec/fetch-leases.md}): clients ask a hosted cache who of them
 * fetches which segments from the origin. Entry type: {@link io.peerdist.codec.lease.LeaseRequest}.
 */
@NullMarked
package io.peerdist.codec.lease;

import org.jspecify.annotations.NullMarked;
