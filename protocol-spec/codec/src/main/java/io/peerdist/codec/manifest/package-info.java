// SPDX-License-Identifier: Apache-2.0
/**
 * The signed manifest by which a content server tells hosted caches the hashes and secrets of its segments, so that what
 * clients offer can be verified. A format of this project: {@code protocol-spec/spec/manifest.md}. Begin at
 * {@link io.peerdist.codec.manifest.ManifestCodec}.
 */
@NullMarked
package io.peerdist.codec.manifest;

import org.jspecify.annotations.NullMarked;
