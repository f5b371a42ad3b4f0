// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.time.Instant;
import java.util.Optional;

/**
 * How far the scrubber is.
 *
 * @param bytesPerSecond how fast it reads when nobody else needs the disk; 0 when it is off
 * @param progress the part of the current pass that is done, 0 to 1
 * @param passes full passes since the store was made
 * @param lastPass when the last full pass ended
 * @param checkedBlocks blocks read in the current pass
 * @param damagedBlocks damaged blocks found since the store was made
 */
public record ScrubStatus(
        long bytesPerSecond,
        double progress,
        long passes,
        Optional<Instant> lastPass,
        long checkedBlocks,
        long damagedBlocks) {
    /** One line for the operator. */
    public String summary() {
        if (bytesPerSecond == 0) {
            return "off";
        }
        String last = lastPass.map(ended -> "last full pass ended " + ended).orElse("no full pass yet");
        return Math.round(100 * progress) + " % of a pass, " + damagedBlocks + " damaged blocks found, " + last;
    }
}
