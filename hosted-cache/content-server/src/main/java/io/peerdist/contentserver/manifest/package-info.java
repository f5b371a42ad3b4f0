// SPDX-License-Identifier: Apache-2.0
/**
 * Tells hosted caches what content information there is, in signed pages, so that they can verify what clients offer. Entry
 * types: {@link io.peerdist.contentserver.manifest.ManifestFeed}, which numbers and keeps what is told, and
 * {@link io.peerdist.contentserver.manifest.ManifestPublisher}, which answers those who ask.
 */
@NullMarked
package io.peerdist.contentserver.manifest;

import org.jspecify.annotations.NullMarked;
