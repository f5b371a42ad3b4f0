// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

/**
 * What a start found and repaired.
 *
 * @param catalogueNew whether the catalogue was made anew
 * @param clean whether the store had been closed in order
 * @param extentsRead extents read through before the store was opened
 * @param extentsLost extents that are gone, with all their blocks
 * @param extentsToRead extents of which the catalogue knew nothing, to be read while the store serves
 * @param blocksFound blocks that the catalogue did not know
 * @param entriesDropped blocks in the catalogue that the log does not have
 * @param damagedPlaces places in the log where something else than a record stands
 * @param sweepPending whether entries without a block may be left, to be dropped while the store serves
 */
public record RecoveryReport(
        boolean catalogueNew,
        boolean clean,
        int extentsRead,
        int extentsLost,
        int extentsToRead,
        long blocksFound,
        long entriesDropped,
        long damagedPlaces,
        boolean sweepPending) {
    static final RecoveryReport NOTHING = new RecoveryReport(false, true, 0, 0, 0, 0, 0, 0, false);

    /** Whether anything was wrong that a reader could have noticed. */
    public boolean hasRepaired() {
        return extentsLost + extentsToRead + blocksFound + entriesDropped + damagedPlaces > 0 || sweepPending;
    }

    /** One sentence for the log and the operator. */
    public String summary() {
        return (catalogueNew ? "catalogue made anew" : clean ? "closed in order" : "not closed in order")
                + ", " + extentsRead + " extents read through, " + blocksFound + " blocks recovered, " + entriesDropped
                + " entries dropped, " + damagedPlaces + " damaged places, " + extentsLost + " extents lost"
                + (extentsToRead > 0 ? ", " + extentsToRead + " extents to be read while serving" : "")
                + (sweepPending ? ", the catalogue to be checked while serving" : "");
    }
}
