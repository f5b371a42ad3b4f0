// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The blocks on their way from sources other than the origin; some from two at a time. Not thread-safe. */
final class Flights {
    private final Map<Long, Flight> flights = new HashMap<>();
    private long bytes;

    /**
     * A block on its way.
     *
     * @param queuedBytes bytes on their way from the source when it was asked for, its own included
     * @param hedge whether it was asked for because another source is slow
     */
    record Flight(int source, int ordinal, int length, long startedNanos, long queuedBytes, boolean hedge) {}

    void add(Flight flight) {
        flights.put(key(flight.source(), flight.ordinal()), flight);
        bytes += flight.length();
    }

    /** Takes a flight out; throws {@link IllegalStateException} when there is no such flight. */
    Flight remove(int source, int ordinal) {
        Flight flight = flights.remove(key(source, ordinal));
        if (flight == null) {
            throw new IllegalStateException("block: " + ordinal + " of source " + source + " (expected: asked for)");
        }
        bytes -= flight.length();
        return flight;
    }

    private static long key(int source, int ordinal) {
        return (long) ordinal << Integer.SIZE | source;
    }

    boolean contains(int source, int ordinal) {
        return flights.containsKey(key(source, ordinal));
    }

    int count() {
        return flights.size();
    }

    /** Their bytes. */
    long bytes() {
        return bytes;
    }

    Iterable<Flight> all() {
        return flights.values();
    }

    /** Forgets all of them. */
    void clear() {
        flights.clear();
        bytes = 0;
    }

    /** Some flight of the block, or null. */
    @Nullable
    Flight of(int ordinal) {
        for (Flight flight : flights.values()) {
            if (flight.ordinal() == ordinal) {
                return flight;
            }
        }
        return null;
    }
}
