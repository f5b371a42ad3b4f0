// SPDX-License-Identifier: Apache-2.0
/**
 * What lets a hosted cache tell genuine segments from others: the subscription to a content server's manifest
 * ({@code protocol-spec/spec/manifest.md}). Begin at {@link io.peerdist.hostedcache.trust.ManifestSubscription}.
 */
@NullMarked
package io.peerdist.hostedcache.trust;

import org.jspecify.annotations.NullMarked;
