// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.codec.pccrr.BlockRange;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Brings blocks into a {@link StaticTree}, one at a time, so that memory holds no more than one. What a management port says
 * is not trusted with the name of a file.
 */
final class StaticExport {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}");
    private static final Pattern RANGES = Pattern.compile("\\d{1,3}(-\\d{1,3})?(,\\d{1,3}(-\\d{1,3})?)*");

    private final StaticTree tree;
    private final BlockDownload download;
    private long segments;
    private long written;
    private long writtenBytes;
    private long present;
    private long gone;
    private long failed;

    StaticExport(StaticTree tree, BlockDownload download) {
        this.tree = tree;
        this.download = download;
    }

    /**
     * Writes the blocks of one segment that are not there yet.
     *
     * @param id hexadecimal
     * @param ranges as the management port lists them: {@code 0-7,9}
     * @throws IOException when the tree cannot be written or the cache not be reached
     */
    void segment(String id, String ranges) throws IOException {
        if (!ID.matcher(id).matches()
                || !(ranges.isEmpty() || RANGES.matcher(ranges).matches())) {
            throw new IOException("the management port lists a segment \"" + id + "\" with blocks \"" + ranges + "\"");
        }
        segments++;
        if (ranges.isEmpty()) {
            return;
        }
        for (String range : ranges.split(",", -1)) {
            int dash = range.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int last =
                    Math.min(dash < 0 ? first : Integer.parseInt(range.substring(dash + 1)), BlockRange.MAX_BLOCKS - 1);
            for (int index = first; index <= last; index++) {
                block(id, index);
            }
        }
    }

    private void block(String id, int index) throws IOException {
        long there = tree.bytesOf(id, index);
        if (there >= 0 && there == download.bytesOf(id, index)) {
            present++;
            return;
        }
        byte @Nullable [] octets = download.octetsOf(id, index);
        if (octets != null) {
            tree.write(id, index, octets);
            written++;
            writtenBytes += octets.length;
        } else if (download.isBusy()) {
            failed++;
        } else {
            gone++;
        }
    }

    /** Makes what was written outlive a loss of power. */
    void finish() throws IOException {
        tree.sync();
    }

    /** Blocks that the cache would not give although it may hold them. */
    long failed() {
        return failed;
    }

    /** The counts as the beginning of a sentence. */
    String progress() {
        return written + " blocks, " + writtenBytes + " bytes, of " + segments + " segments; " + present
                + " blocks were there already, " + gone + " are gone meanwhile, " + failed + " could not be had";
    }
}
