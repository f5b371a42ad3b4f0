// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.files;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/**
 * What tells one state of a file from every other. Two equal versions hold the same octets, as long as the file system
 * stamps changes: the modification time can be set back by anybody, the change time by nobody. Immutable.
 *
 * @param path the path below the document root
 * @param sizeBytes the file's length
 * @param modifiedNanos when the content changed, in nanoseconds since 1970
 * @param changedNanos when content or attributes changed (ctime), in nanoseconds since 1970; where a file system has no
 *     such time, the same as {@code modifiedNanos}
 * @param fileKey device and inode; empty where there are none
 */
public record FileVersion(RelativePath path, long sizeBytes, long modifiedNanos, long changedNanos, String fileKey) {
    /**
     * How far apart two changes must lie to be sure of different stamps: Linux takes them from a clock that ticks every
     * 1 to 10 ms, network file systems are coarser.
     */
    public static final Duration TIMESTAMP_GRANULARITY = Duration.ofMillis(100);

    private static final int NANOS_PER_SECOND = 1_000_000_000;

    /**
     * Whether a change made right now could leave the stamps as they are. Such a version must not be tied to content yet
     * ("racily clean"). A stamp in the future is harmless: a change would set it to now.
     */
    public boolean isTooFresh(Instant now) {
        Duration age = Duration.between(changedAt(), now).abs();
        return age.compareTo(TIMESTAMP_GRANULARITY) < 0;
    }

    /** When {@link #isTooFresh} ends. */
    public Instant settledAt() {
        return changedAt().plus(TIMESTAMP_GRANULARITY);
    }

    private Instant changedAt() {
        return Instant.ofEpochSecond(0, changedNanos);
    }

    /** When the content changed, in whole seconds since 1970, as HTTP dates count. */
    public long modifiedSeconds() {
        return Math.floorDiv(modifiedNanos, NANOS_PER_SECOND);
    }

    /**
     * A hash of all of this and {@code context}, in hexadecimal: a name for what was made from this version in that
     * context.
     */
    public String fingerprint(String context) {
        MessageDigest digest = sha256();
        for (String part : new String[] {
            context,
            path.toString(),
            Long.toString(sizeBytes),
            Long.toString(modifiedNanos),
            Long.toString(changedNanos),
            fileKey
        }) {
            digest.update(part.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0); // no part holds a zero octet, so no two lists of parts look alike
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
