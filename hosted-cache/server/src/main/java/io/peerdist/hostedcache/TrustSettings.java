// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.hostedcache.trust.ManifestSettings;
import io.peerdist.runtime.config.ConfigurationSection;
import java.util.Optional;

/**
 * How far a hosted cache trusts what is offered: the sections {@code manifest} and {@code quarantine}.
 *
 * @param manifest where genuine segments are listed; empty when they are nowhere
 * @param quarantine what re-offered segments bring about
 */
public record TrustSettings(Optional<ManifestSettings> manifest, QuarantineSettings quarantine) {
    /** No manifest, and the quarantine as it is by default. */
    public static final TrustSettings DEFAULT = new TrustSettings(Optional.empty(), QuarantineSettings.DEFAULT);

    /** Reads both sections within that of the hosted cache; what is wrong with them is remembered there. */
    static TrustSettings read(ConfigurationSection hostedCache) {
        return new TrustSettings(
                ManifestSettings.read(hostedCache.section(ManifestSettings.SECTION)),
                QuarantineSettings.read(hostedCache.section(QuarantineSettings.SECTION)));
    }
}
