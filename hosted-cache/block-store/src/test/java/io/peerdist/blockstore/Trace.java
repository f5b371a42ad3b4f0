// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pchc.ContentComponent;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What the clients of a branch ask its cache for, made up from a seed: one request for each block, in order. Content comes
 * in files of 1 to 64 blocks of 64 KiB, the last of which is shorter. Equal seeds make equal traces on every machine.
 */
final class Trace {
    static final int BLOCK_BYTES = 64 << 10;

    private static final int MAX_FILE_BLOCKS = 64;

    /** Steepness of popularity, as measured for web and software distribution: 0.8 to 1.0. */
    private static final double ZIPF = 0.9;

    private final SplittableRandom random;
    private final double[] popularity;
    private long[] keys = new long[1 << 16];
    private ContentComponent[] components = new ContentComponent[1 << 16];
    private int[] days = new int[1 << 16];
    private int length;
    private int today;
    private long nextOnce = 1L << 40;

    private Trace(long seed, int files) {
        this.random = new SplittableRandom(seed);
        this.popularity = new double[files];
        double sum = 0;
        for (int rank = 0; rank < files; rank++) {
            sum += 1 / Math.pow(rank + 1, ZIPF);
            popularity[rank] = sum;
        }
    }

    /** How many blocks are asked for. */
    int length() {
        return length;
    }

    /** Which block request {@code index} asks for. */
    long key(int index) {
        return keys[index];
    }

    ContentComponent component(int index) {
        return components[index];
    }

    int day(int index) {
        return days[index];
    }

    /** Octets of the block with {@code key}. */
    static int bytes(long key) {
        long file = key / MAX_FILE_BLOCKS;
        boolean last = key % MAX_FILE_BLOCKS == blocks(file) - 1;
        return last ? 1024 + Math.floorMod(mix(file + 77), BLOCK_BYTES - 1024) : BLOCK_BYTES;
    }

    private static int blocks(long file) {
        // Many small files and few large ones: 2 to the power of 0 to 6.
        return 1 << Math.floorMod(mix(file), 7);
    }

    private static long mix(long value) {
        long mixed = (value + 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
        return (mixed ^ (mixed >>> 31)) >>> 1;
    }

    private void block(long key, ContentComponent component) {
        if (length == keys.length) {
            keys = Arrays.copyOf(keys, 2 * length);
            components = Arrays.copyOf(components, 2 * length);
            days = Arrays.copyOf(days, 2 * length);
        }
        keys[length] = key;
        components[length] = component;
        days[length++] = today;
    }

    private void file(long file, ContentComponent component) {
        for (int block = 0; block < blocks(file); block++) {
            block(file * MAX_FILE_BLOCKS + block, component);
        }
    }

    /** One file by its popularity; {@code first} is the number of the most popular one. */
    private void popular(long first) {
        double point = random.nextDouble() * popularity[popularity.length - 1];
        int rank = Arrays.binarySearch(popularity, point);
        file(first + (rank < 0 ? -rank - 1 : rank), ContentComponent.WININET);
    }

    private void popular(long first, int requests) {
        int end = length + requests;
        while (length < end) {
            popular(first);
        }
    }

    /** New content that nobody asks for again. */
    private void once(int blocks) {
        int end = length + blocks;
        while (length < end) {
            file(nextOnce++, ContentComponent.BITS);
        }
    }

    /** A working set by popularity, ten times what fits, and nothing else. */
    static Trace zipf(long seed, int requests) {
        Trace trace = new Trace(seed, 6000);
        trace.popular(0, requests);
        return trace;
    }

    /** The same, with a backup or an inventory every now and then: two in five requests are for content read once. */
    static Trace scans(long seed, int requests) {
        Trace trace = new Trace(seed, 6000);
        while (trace.length < requests) {
            trace.popular(0, 9_000);
            trace.once(6_000);
        }
        return trace;
    }

    /** One download of {@code hugeBlocks}, by one client, in the middle of the daily business. */
    static Trace hugeDownload(long seed, int requests, int hugeBlocks) {
        Trace trace = new Trace(seed, 6000);
        trace.popular(0, requests / 2);
        for (int left = hugeBlocks; left > 0; left -= 600) {
            trace.once(600);
            trace.popular(0, 60);
        }
        trace.popular(0, requests / 2);
        return trace;
    }

    /**
     * Patch day: within an hour {@code clients} fetch the same {@code patchBlocks} of new files, each in an order of its
     * own, while the daily business goes on.
     */
    static Trace patchDay(long seed, int requests, int clients, int patchBlocks) {
        Trace trace = new Trace(seed, 6000);
        trace.popular(0, requests / 2);
        int files = 0;
        for (int blocks = 0; blocks < patchBlocks; files++) {
            blocks += blocks((1L << 30) + files);
        }
        // Each client has its beginning; in every turn each client takes the next file, or is late.
        int[] position = new int[clients];
        int[] start = trace.random.ints(clients, 0, Math.max(1, files / 4)).toArray();
        for (int turn = 0; turn < files * 2; turn++) {
            for (int client = 0; client < clients; client++) {
                if (position[client] < files && trace.random.nextInt(3) < 2) {
                    int file = (start[client] + position[client]++) % files;
                    trace.file((1L << 30) + file, ContentComponent.BITS);
                }
            }
            trace.popular(0, 40);
        }
        trace.popular(0, requests / 2);
        return trace;
    }

    /**
     * Weeks of work: every weekday a seventh of the interest moves on to newer files, every night a backup reads content
     * that is not read again, and at the weekend only the backup runs.
     */
    static Trace weeks(long seed, int weeks, int requestsPerDay) {
        Trace trace = new Trace(seed, 4000);
        for (int day = 0; day < weeks * 7; day++) {
            trace.today = day;
            if (day % 7 < 5) {
                trace.popular(day * 150L, requestsPerDay);
            }
            trace.once(requestsPerDay / 3);
        }
        return trace;
    }

    /** Pure recency: every file is asked for a few times soon after it has appeared, and then never again. */
    static Trace recency(long seed, int requests, int spanFiles) {
        Trace trace = new Trace(seed, 1);
        for (long newest = spanFiles; trace.length < requests; newest++) {
            trace.file(newest, ContentComponent.WEBIO);
            for (int again = 0; again < 3; again++) {
                // The younger, the likelier.
                double age = trace.random.nextDouble() * trace.random.nextDouble();
                trace.file(newest - (long) (age * spanFiles), ContentComponent.WEBIO);
            }
        }
        return trace;
    }

    /** The same files over and over again in the same order, a little more than fit. */
    static Trace loop(long seed, int requests, int blocks) {
        Trace trace = new Trace(seed, 1);
        while (trace.length < requests) {
            int end = trace.length + blocks;
            for (long file = 0; trace.length < end; file++) {
                trace.file(file, ContentComponent.WEBIO);
            }
        }
        return trace;
    }

    /** Two components, one of which is greedy: BITS asks for a large set by turns, WinINet by popularity. */
    static Trace tenants(long seed, int requests, int greedyBlocks) {
        Trace trace = new Trace(seed, 6000);
        long file = 1L << 31;
        int blocks = 0;
        while (trace.length < requests) {
            trace.popular(0, 100);
            int end = trace.length + 400;
            while (trace.length < end) {
                trace.file(file, ContentComponent.BITS);
                blocks += blocks(file++);
                if (blocks >= greedyBlocks) {
                    file = 1L << 31;
                    blocks = 0;
                }
            }
        }
        return trace;
    }
}
