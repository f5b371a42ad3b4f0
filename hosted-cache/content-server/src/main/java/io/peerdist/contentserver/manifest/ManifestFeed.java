// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.blockstore.BlockStoreException;
import io.peerdist.blockstore.ContentInformationStore;
import io.peerdist.codec.manifest.FeedId;
import io.peerdist.codec.manifest.ManifestCodec;
import io.peerdist.codec.manifest.ManifestPage;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.contentserver.files.FileVersion;
import io.peerdist.contentserver.hashing.ContentSecrets;
import io.peerdist.contentserver.hashing.KeyRing;
import io.peerdist.contentserver.information.InformationListener;
import io.peerdist.runtime.FailureException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All content information that subscribers may be told, numbered in the order in which it was made. It rests in the store of
 * content information, of which the oldest goes when room is needed; then its numbers are passed over. Thread-safe; every
 * method but {@link #head} and {@link #feedId} touches the disk.
 *
 * <h2>What is in the feed</h2>
 *
 * For each path, content version and secret, the last content information that was made. A new version of a file takes the
 * place of the one before, under new numbers. What was made in an earlier run without a feed enters it when it is found.
 * Nothing of a secret that is not understood any more is told, and {@link #dropAllBut} throws it away.
 *
 * <h2>Layout</h2>
 *
 * <pre>
 * entry  key: 1 prefix 2, 8 number                                          value: 8 tag of the secrets, n slice
 * index  key: 1 prefix 3, 16 hash of the path, 1 content version, 8 tag     value: 32 file version, 8 first, 8 last number
 * </pre>
 */
public final class ManifestFeed implements InformationListener {
    private static final byte ENTRY_PREFIX = 2;
    private static final byte INDEX_PREFIX = 3;
    private static final int ENTRY_KEY_BYTES = 1 + Long.BYTES;
    private static final int TAG_BYTES = ContentSecrets.PARAMETERS_TAG_BYTES;
    private static final int PATH_BYTES = 16;
    private static final int INDEX_KEY_BYTES = 1 + PATH_BYTES + 1 + TAG_BYTES;
    private static final int FINGERPRINT_BYTES = 32;
    private static final int INDEX_BYTES = FINGERPRINT_BYTES + 2 * Long.BYTES;
    private static final String FINGERPRINT_CONTEXT = "manifest/1";

    /** So many index keys are in memory while others are thrown away. */
    private static final int DROPPED_AT_ONCE = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(ManifestFeed.class);

    private final ContentInformationStore store;
    private final FeedNumbers numbers;
    private final KeyRing ring;
    private final InstantSource clock;
    private final ManifestMetrics metrics;
    private final ReentrantLock writing = new ReentrantLock();
    private volatile long head;

    private ManifestFeed(
            ContentInformationStore store,
            FeedNumbers numbers,
            KeyRing ring,
            InstantSource clock,
            ManifestMetrics metrics) {
        this.store = store;
        this.numbers = numbers;
        this.ring = ring;
        this.clock = clock;
        this.metrics = metrics;
        this.head = numbers.last();
    }

    /**
     * The feed of {@code dataDirectory}.
     *
     * @param store where the entries rest, under keys that begin with 2 or 3; the caller's to close
     * @param ring says which secrets are understood
     * @throws FailureException {@code CONFIGURATION} when the file of numbers can be neither read nor made
     */
    public static ManifestFeed open(
            Path dataDirectory,
            ContentInformationStore store,
            KeyRing ring,
            InstantSource clock,
            RandomGenerator random,
            MeterRegistry registry) {
        ManifestMetrics metrics = new ManifestMetrics(registry);
        ManifestFeed feed = new ManifestFeed(store, FeedNumbers.open(dataDirectory, random), ring, clock, metrics);
        metrics.follow(feed);
        return feed;
    }

    ManifestMetrics metrics() {
        return metrics;
    }

    /** The name of the numbering. */
    public FeedId feedId() {
        return numbers.feedId();
    }

    /** The greatest number that an entry can have now; 0 if there was none yet. */
    public long head() {
        return head;
    }

    /**
     * The next page for whoever has everything up to {@code after} of {@code subscribed}. Another feed than this one, or a
     * number beyond the head, means from the beginning. At most {@link ManifestCodec#MAX_PAGE_BYTES} are in memory.
     *
     * @throws BlockStoreException the store cannot be read
     */
    public ManifestPage page(FeedId subscribed, long after) {
        long last = head;
        long from = subscribed.equals(feedId()) && after <= last ? after : 0;
        Selection selection = new Selection(last);
        if (from < last) {
            store.visitKeys(entryKey(from + 1), entryKey(last + 1), selection::take);
        }
        Set<ByteBuffer> understood = tags(ring.understood());
        List<byte[]> entries = new ArrayList<>(selection.keys.size());
        for (byte[] key : selection.keys) {
            byte[] value = store.get(key);
            if (value != null
                    && value.length > TAG_BYTES
                    && understood.contains(ByteBuffer.wrap(value, 0, TAG_BYTES))) {
                entries.add(Arrays.copyOfRange(value, TAG_BYTES, value.length));
            }
        }
        return new ManifestPage(
                feedId(),
                from,
                selection.next,
                last,
                Math.max(0, clock.instant().getEpochSecond()),
                entries);
    }

    /** Entries for one page, as far as there is room. */
    private static final class Selection {
        final List<byte[]> keys = new ArrayList<>();
        long next;
        private long bytes = ManifestCodec.MIN_PAGE_BYTES;

        Selection(long head) {
            this.next = head;
        }

        boolean take(byte[] key, int valueBytes) {
            if (key.length != ENTRY_KEY_BYTES) {
                return true;
            }
            bytes += ManifestCodec.ENTRY_LENGTH_BYTES + Math.max(0, valueBytes - TAG_BYTES);
            if (bytes > ManifestCodec.MAX_PAGE_BYTES || keys.size() == ManifestCodec.MAX_ENTRIES) {
                next = number(keys.get(keys.size() - 1));
                return false;
            }
            keys.add(key);
            return true;
        }
    }

    @Override
    public void made(FileVersion version, ContentSecrets secrets, int contentVersion, byte[] octets) {
        publish(version, secrets, contentVersion, octets, false);
    }

    @Override
    public void found(FileVersion version, ContentSecrets secrets, int contentVersion, byte[] octets) {
        publish(version, secrets, contentVersion, octets, true);
    }

    private void publish(
            FileVersion version, ContentSecrets secrets, int contentVersion, byte[] octets, boolean mayBeKnown) {
        byte[] indexKey = indexKey(version, secrets, contentVersion);
        byte[] fingerprint = HexFormat.of().parseHex(version.fingerprint(FINGERPRINT_CONTEXT));
        writing.lock();
        try {
            Index old = Index.decode(store.get(indexKey));
            if (mayBeKnown && old != null && old.isOf(fingerprint) && store.get(entryKey(old.first)) != null) {
                return;
            }
            List<byte[]> slices = InformationSlices.of(octets);
            if (old != null && holds(old, slices)) {
                store.put(indexKey, new Index(fingerprint, old.first, old.last).encode());
                return;
            }
            Index added = append(fingerprint, secrets, slices);
            store.put(indexKey, added.encode());
            if (old != null) {
                metrics.superseded(remove(old));
            }
        } catch (BlockStoreException | UncheckedIOException e) {
            metrics.failed();
            LOG.warn("content information of {} cannot be told to hosted caches: {}", version.path(), e.toString());
        } finally {
            writing.unlock();
        }
    }

    /** A file whose attributes changed and whose content did not needs no new numbers. */
    private boolean holds(Index index, List<byte[]> slices) {
        if (index.last - index.first + 1 != slices.size()) {
            return false;
        }
        for (int i = 0; i < slices.size(); i++) {
            byte[] value = store.get(entryKey(index.first + i));
            byte[] slice = slices.get(i);
            if (value == null || !Arrays.equals(value, TAG_BYTES, value.length, slice, 0, slice.length)) {
                return false;
            }
        }
        return true;
    }

    /** The head moves last: a reader that sees it finds every entry below. */
    private Index append(byte[] fingerprint, ContentSecrets secrets, List<byte[]> slices) {
        long first = 0;
        long last = 0;
        for (byte[] slice : slices) {
            last = numbers.take();
            first = first == 0 ? last : first;
            store.put(
                    entryKey(last),
                    ByteBuffer.allocate(TAG_BYTES + slice.length)
                            .put(secrets.parametersTag())
                            .put(slice)
                            .array());
        }
        head = last;
        metrics.published(slices.size());
        return new Index(fingerprint, first, last);
    }

    private long remove(Index index) {
        for (long number = index.first; number <= index.last; number++) {
            store.remove(entryKey(number));
        }
        return index.last - index.first + 1;
    }

    /** Throws away what was made with other secrets than {@code kept}. */
    public void dropAllBut(List<ContentSecrets> kept) {
        Set<ByteBuffer> tags = tags(kept);
        writing.lock();
        try {
            List<byte[]> others;
            do {
                others = indexKeysWithout(tags);
                for (byte[] key : others) {
                    Index index = Index.decode(store.get(key));
                    metrics.dropped(index == null ? 0 : remove(index));
                    store.remove(key);
                }
            } while (others.size() == DROPPED_AT_ONCE);
        } catch (BlockStoreException e) {
            metrics.failed();
            LOG.warn("entries of a dropped secret cannot be thrown away: {}", e.toString());
        } finally {
            writing.unlock();
        }
    }

    private List<byte[]> indexKeysWithout(Set<ByteBuffer> tags) {
        List<byte[]> others = new ArrayList<>();
        store.visitKeys(new byte[] {INDEX_PREFIX}, new byte[] {INDEX_PREFIX + 1}, (key, valueBytes) -> {
            if (key.length == INDEX_KEY_BYTES
                    && !tags.contains(ByteBuffer.wrap(key, INDEX_KEY_BYTES - TAG_BYTES, TAG_BYTES))) {
                others.add(key);
            }
            return others.size() < DROPPED_AT_ONCE;
        });
        return others;
    }

    private static Set<ByteBuffer> tags(List<ContentSecrets> secrets) {
        return secrets.stream()
                .map(known -> ByteBuffer.wrap(known.parametersTag()))
                .collect(Collectors.toSet());
    }

    private static byte[] entryKey(long number) {
        return ByteBuffer.allocate(ENTRY_KEY_BYTES)
                .put(ENTRY_PREFIX)
                .putLong(number)
                .array();
    }

    private static long number(byte[] entryKey) {
        return ByteBuffer.wrap(entryKey).getLong(1);
    }

    private static byte[] indexKey(FileVersion version, ContentSecrets secrets, int contentVersion) {
        byte[] path = version.path().toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(INDEX_KEY_BYTES)
                .put(INDEX_PREFIX)
                .put(HashAlgorithm.SHA_256.hash(path, 0, path.length), 0, PATH_BYTES)
                .put((byte) contentVersion)
                .put(secrets.parametersTag())
                .array();
    }

    /** Where the content information of one file, content version and secret is. */
    private static final class Index {
        final byte[] fingerprint;
        final long first;
        final long last;

        Index(byte[] fingerprint, long first, long last) {
            this.fingerprint = fingerprint;
            this.first = first;
            this.last = last;
        }

        boolean isOf(byte[] otherFingerprint) {
            return Arrays.equals(fingerprint, otherFingerprint);
        }

        byte[] encode() {
            return ByteBuffer.allocate(INDEX_BYTES)
                    .put(fingerprint)
                    .putLong(first)
                    .putLong(last)
                    .array();
        }

        static @Nullable Index decode(byte @Nullable [] octets) {
            if (octets == null || octets.length != INDEX_BYTES) {
                return null;
            }
            ByteBuffer source = ByteBuffer.wrap(octets, FINGERPRINT_BYTES, 2 * Long.BYTES);
            return new Index(Arrays.copyOf(octets, FINGERPRINT_BYTES), source.getLong(), source.getLong());
        }
    }
}
