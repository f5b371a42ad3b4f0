// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.hashing;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The secrets of a content server while one takes over from another: the current one, the next one with the time from which
 * it is used, and a previous one with the time until which it is understood. What is understood is not used for anything
 * new, but what was made with it stays good. Everything follows from the clock, so several servers with the same ring change
 * at the same moment without a restart. Immutable and thread-safe.
 */
public final class KeyRing {
    private final List<HeldKey> keys;
    private final InstantSource clock;

    private KeyRing(List<HeldKey> keys, InstantSource clock) {
        this.keys = List.copyOf(keys);
        this.clock = clock;
    }

    /** What a secret is in the configuration. */
    public enum Role {
        /** In use until the next one takes over, then understood. */
        CURRENT,
        /** Takes over at a time. */
        NEXT,
        /** Understood until a time. */
        PREVIOUS
    }

    /** What a secret is good for at a time. */
    public enum State {
        /** Every new answer is made with it. */
        IN_USE,
        /** It will be in use. */
        WAITING,
        /** Answers made with it are good. */
        UNDERSTOOD,
        /** Nothing made with it counts any more. */
        DROPPED
    }

    /**
     * A secret of the ring.
     *
     * @param from when it comes into use, for {@link Role#NEXT} only
     * @param until when it is dropped, if ever; before that it is not in use
     */
    public record HeldKey(Role role, ContentSecrets secrets, Optional<Instant> from, Optional<Instant> until) {}

    /** A secret and its state. */
    public record Standing(HeldKey key, State state) {}

    /** A ring of one secret. */
    public static KeyRing of(ContentSecrets current, InstantSource clock) {
        return new KeyRing(List.of(new HeldKey(Role.CURRENT, current, Optional.empty(), Optional.empty())), clock);
    }

    /**
     * A ring of several.
     *
     * @param keys one of them current, at most one next and one previous
     * @throws IllegalArgumentException when they are not, two are the same, or times are missing or contradict each other;
     *     the message is good for a user
     */
    public static KeyRing of(List<HeldKey> keys, InstantSource clock) {
        Optional<HeldKey> next = only(Role.NEXT, keys);
        if (only(Role.CURRENT, keys).isEmpty()) {
            throw new IllegalArgumentException("current: missing (expected: a secret)");
        }
        if (next.isPresent() && next.get().from().isEmpty()) {
            throw new IllegalArgumentException("next: no time from which it is used (expected: one)");
        }
        only(Role.PREVIOUS, keys).filter(key -> key.until().isEmpty()).ifPresent(key -> {
            throw new IllegalArgumentException("previous: no time until which it is understood (expected: one)");
        });
        Optional<Instant> currentUntil = only(Role.CURRENT, keys).flatMap(HeldKey::until);
        if (currentUntil.isPresent()
                && next.flatMap(HeldKey::from)
                        .filter(currentUntil.get()::isAfter)
                        .isEmpty()) {
            throw new IllegalArgumentException(
                    "current: dropped at " + currentUntil.get() + " (expected: after the next secret is in use)");
        }
        Set<String> ids = new HashSet<>();
        for (HeldKey key : keys) {
            if (!ids.add(key.secrets().id())) {
                throw new IllegalArgumentException(
                        "secret " + key.secrets().shortId() + ": twice in the ring (expected: each once)");
            }
        }
        return new KeyRing(keys, clock);
    }

    private static Optional<HeldKey> only(Role role, List<HeldKey> keys) {
        List<HeldKey> found = keys.stream().filter(key -> key.role() == role).toList();
        if (found.size() > 1) {
            throw new IllegalArgumentException(role + ": " + found.size() + " secrets (expected: one at most)");
        }
        return found.stream().findFirst();
    }

    /** What new answers are made with. */
    public ContentSecrets inUse() {
        Instant now = clock.instant();
        return keys.stream()
                .filter(key -> stateOf(key, now) == State.IN_USE)
                .findFirst()
                .orElseThrow()
                .secrets();
    }

    /** All but the dropped ones, the one in use first. */
    public List<ContentSecrets> understood() {
        List<ContentSecrets> secrets = new ArrayList<>();
        for (Standing standing : standings()) {
            if (standing.state() == State.IN_USE) {
                secrets.add(0, standing.key().secrets());
            } else if (standing.state() != State.DROPPED) {
                secrets.add(standing.key().secrets());
            }
        }
        return secrets;
    }

    /** All secrets as they stand now. */
    public List<Standing> standings() {
        Instant now = clock.instant();
        return keys.stream().map(key -> new Standing(key, stateOf(key, now))).toList();
    }

    /** When a secret comes into use or is dropped next, if ever. */
    public Optional<Instant> nextChange() {
        Instant now = clock.instant();
        return keys.stream()
                .flatMap(key -> List.of(key.from(), key.until()).stream())
                .flatMap(Optional::stream)
                .filter(now::isBefore)
                .min(Instant::compareTo);
    }

    private State stateOf(HeldKey key, Instant now) {
        boolean nextIsInUse = keys.stream()
                .anyMatch(other ->
                        other.role() == Role.NEXT && !now.isBefore(other.from().orElseThrow()));
        return switch (key.role()) {
            case NEXT -> nextIsInUse ? State.IN_USE : State.WAITING;
            case CURRENT -> nextIsInUse ? understoodUntil(key, now) : State.IN_USE;
            case PREVIOUS -> understoodUntil(key, now);
        };
    }

    private static State understoodUntil(HeldKey key, Instant now) {
        return key.until().isEmpty() || now.isBefore(key.until().get()) ? State.UNDERSTOOD : State.DROPPED;
    }
}
