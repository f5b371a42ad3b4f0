// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import java.nio.CharBuffer;
import java.util.Arrays;

/** A passphrase in memory, until it is closed. Prints redacted. */
final class Passphrase implements AutoCloseable {
    private final char[] units;

    /** Takes {@code units} over, and wipes them at the end. */
    Passphrase(char[] units) {
        this.units = units;
    }

    /** A view that is empty of sense once this is closed. */
    CharSequence text() {
        return CharBuffer.wrap(units).asReadOnlyBuffer();
    }

    boolean isEmpty() {
        return units.length == 0;
    }

    boolean isSameAs(Passphrase other) {
        return Arrays.equals(units, other.units);
    }

    @Override
    public void close() {
        Arrays.fill(units, '\0');
    }

    @Override
    public String toString() {
        return "Passphrase[redacted]";
    }
}
