// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * The process that {@link BlockStoreCrashIT} kills: puts one segment after the other, removes one now and then, and says on
 * standard output what has been done, line by line, until it dies.
 */
final class CrashingWriter {
    static final int REMOVE_EVERY = 9;
    static final int REMOVED_BEFORE = 4;
    private static final int SYNC_EVERY = 25;

    private CrashingWriter() {}

    static TestSegment segment(long number) {
        return number % 10 == 0
                ? TestSegment.ofManyBlocks(number, 3 * 65536 + 5)
                : TestSegment.ofOneBlock(number, 1000 + (int) (number * 7919 % 90_000));
    }

    /** Arguments: directory, most bytes, extent bytes, number of the first segment. */
    public static void main(String[] args) {
        BlockStoreSettings settings =
                StoreDirectoryFixture.settings(Path.of(args[0]), Long.parseLong(args[1]), Long.parseLong(args[2]));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        BlockStore store = BlockStore.open(settings, InstantSource.system(), new SimpleMeterRegistry());
        // Ends by itself when nobody listens any more.
        for (long number = Long.parseLong(args[3]); !out.checkError(); number++) {
            TestSegment segment = segment(number);
            for (int index = 0; index < segment.blockCount(); index++) {
                PutResult result = segment.put(store, index);
                if (!result.isHeld()) {
                    out.println("rejected " + result);
                    return;
                }
            }
            out.println("put " + number);
            if (number % REMOVE_EVERY == 0) {
                store.evict(TestSegment.id(number - REMOVED_BEFORE));
                out.println("removed " + (number - REMOVED_BEFORE));
            }
            if (number % SYNC_EVERY == 0) {
                store.sync();
                out.println("synced " + number);
            }
        }
    }
}
