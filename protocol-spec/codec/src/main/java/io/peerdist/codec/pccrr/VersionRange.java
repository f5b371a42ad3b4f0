// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntUnaryOperator;

/**
 * The protocol versions that a peer supports, from the lowest to the highest. Compatibility is a matter of major
 * versions alone; each side then speaks its own highest minor version of the highest common major one.
 *
 * @param min the lowest version
 * @param max the highest version, not below {@code min}
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 3.1.5.1</a>
 */
public record VersionRange(ProtocolVersion min, ProtocolVersion max) {
    /** What this implementation supports. */
    public static final VersionRange SUPPORTED = new VersionRange(ProtocolVersion.V1_0, ProtocolVersion.V2_0);

    /** Throws {@link IllegalArgumentException} when {@code max} is below {@code min}. */
    public VersionRange {
        if (max.compareTo(min) < 0) {
            throw new IllegalArgumentException("version range: [" + min + ", " + max + "] (expected: ascending)");
        }
    }

    /** Whether a peer with this range understands a message of {@code version}: a minor version never matters. */
    public boolean supports(ProtocolVersion version) {
        return version.major() >= min.major() && version.major() <= max.major();
    }

    /** The highest major version in both ranges; empty when the peers are incompatible. */
    public OptionalInt highestCommonMajor(VersionRange other) {
        int highest = Math.min(max.major(), other.max.major());
        return highest >= Math.max(min.major(), other.min.major()) ? OptionalInt.of(highest) : OptionalInt.empty();
    }

    /**
     * The version that the side with this range sends to the side with range {@code other}; empty when they are
     * incompatible.
     *
     * @param highestMinor this side's highest minor version of a major version below its own highest, which the range
     *     does not tell
     */
    public Optional<ProtocolVersion> highestCommon(VersionRange other, IntUnaryOperator highestMinor) {
        OptionalInt major = highestCommonMajor(other);
        if (major.isEmpty()) {
            return Optional.empty();
        }
        if (major.getAsInt() == max.major()) {
            return Optional.of(max);
        }
        return Optional.of(new ProtocolVersion(major.getAsInt(), highestMinor.applyAsInt(major.getAsInt())));
    }

    /** As {@link #highestCommon(VersionRange, IntUnaryOperator)}, for a side whose lower major versions end at minor 0. */
    public Optional<ProtocolVersion> highestCommon(VersionRange other) {
        return highestCommon(other, major -> major == min.major() ? min.minor() : 0);
    }
}
