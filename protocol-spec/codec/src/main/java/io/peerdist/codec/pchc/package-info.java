// SPDX-License-Identifier: Apache-2.0
/**
 * MS-PCHC: the offers a client makes to a hosted cache, and their answer. {@link
 * io.peerdist.codec.pchc.HostedCacheRequest} reads offers, {@link io.peerdist.codec.pchc.OfferResponse} answers.
 */
@NullMarked
package io.peerdist.codec.pchc;

import org.jspecify.annotations.NullMarked;
