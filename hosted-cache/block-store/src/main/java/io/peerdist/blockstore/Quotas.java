// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pchc.ContentComponent;
import java.util.EnumMap;
import java.util.Map;

/**
 * How many octets the content of each component may hold once the store is full. While there is free space, nobody is kept
 * from it; when there is none, what exceeds its quota goes first. Immutable.
 */
public final class Quotas {
    /** No component has a quota. */
    public static final Quotas NONE = new Quotas(Map.of());

    private final Map<ContentComponent, Long> limits = new EnumMap<>(ContentComponent.class);

    private Quotas(Map<ContentComponent, Long> limits) {
        this.limits.putAll(limits);
    }

    /** Quotas in octets of ciphertext, 0 or more; a component that is not named has none. */
    public static Quotas of(Map<ContentComponent, Long> limitBytes) {
        limitBytes.forEach((component, bytes) -> {
            if (bytes < 0) {
                throw new IllegalArgumentException(
                        "quota of " + component.label() + ": " + bytes + " (expected: 0 or more)");
            }
        });
        return new Quotas(limitBytes);
    }

    /** By how much {@code component} exceeds its quota when it holds {@code heldBytes}; 0 when it does not. */
    long excess(ContentComponent component, long heldBytes) {
        return Math.max(0, heldBytes - limits.getOrDefault(component, Long.MAX_VALUE));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Quotas that && limits.equals(that.limits);
    }

    @Override
    public int hashCode() {
        return limits.hashCode();
    }

    @Override
    public String toString() {
        return "Quotas" + limits;
    }
}
