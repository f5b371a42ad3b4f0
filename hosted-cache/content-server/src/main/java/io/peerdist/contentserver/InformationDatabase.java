// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.blockstore.BlockStoreException;
import io.peerdist.blockstore.ContentInformationStore;
import io.peerdist.contentserver.hashing.ContentSecrets;
import io.peerdist.contentserver.information.InformationStore;
import io.peerdist.contentserver.information.KeptInformation;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Content information in the data directory. A database that fails while the server runs costs hashing the files anew, no
 * answer: it is logged and counted. Thread-safe.
 */
final class InformationDatabase implements InformationStore, AutoCloseable {
    private static final String DIRECTORY = "content-information";

    /** Of some 900 GiB of files; beyond it the oldest goes and is made again when asked for. */
    static final long MAX_BYTES = 1L << 30;

    /** The store takes no larger values; content information of very large files goes in several. */
    private static final int PART_BYTES = ContentInformationStore.MAX_VALUE_BYTES / 2;

    /** So many keys are in memory while others are thrown away. */
    private static final int DROPPED_AT_ONCE = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(InformationDatabase.class);

    private final ContentInformationStore store;
    private final Counter failures;

    private InformationDatabase(ContentInformationStore store, MeterRegistry registry) {
        this.store = store;
        this.failures = Counter.builder("peerdist_ci_store_failures")
                .description("Reads and writes of kept content information that failed")
                .register(registry);
    }

    /** @param publishing whether the manifest's copies are kept too, for which there is as much room again */
    static InformationDatabase open(Path dataDirectory, boolean publishing, MeterRegistry registry) {
        long maxBytes = publishing ? 2 * MAX_BYTES : MAX_BYTES;
        try {
            return new InformationDatabase(
                    ContentInformationStore.open(dataDirectory.resolve(DIRECTORY), maxBytes, registry), registry);
        } catch (BlockStoreException e) {
            throw new FailureException(exitCode(e), String.valueOf(e.getMessage()), e);
        }
    }

    /** Where the manifest's entries rest too, under prefixes of their own. */
    ContentInformationStore store() {
        return store;
    }

    private static ExitCode exitCode(BlockStoreException e) {
        return switch (e.kind()) {
            case LOCKED -> ExitCode.STORE_LOCKED;
            case CORRUPT, NEWER_FORMAT -> ExitCode.STORE_CORRUPT;
            case UNWRITABLE -> ExitCode.CONFIGURATION;
            case FULL, IO, CLOSED -> ExitCode.WORK_FAILED;
        };
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        try {
            byte[] first = store.get(partKey(key, 0));
            if (first == null || first.length < Integer.BYTES) {
                return null;
            }
            byte[] value = new byte[ByteBuffer.wrap(first).getInt()];
            int filled = 0;
            for (int part = 0; filled < value.length; part++) {
                byte[] octets = part == 0 ? first : store.get(partKey(key, part));
                int from = part == 0 ? Integer.BYTES : 0;
                if (octets == null || octets.length - from > value.length - filled || octets.length == from) {
                    return null;
                }
                System.arraycopy(octets, from, value, filled, octets.length - from);
                filled += octets.length - from;
            }
            return value;
        } catch (BlockStoreException e) {
            failed("read", e.getMessage());
            return null;
        }
    }

    @Override
    public void put(byte[] key, byte[] value) {
        try {
            byte[] octets = ByteBuffer.allocate(Integer.BYTES + value.length)
                    .putInt(value.length)
                    .put(value)
                    .array();
            for (int part = 0; part * PART_BYTES < octets.length; part++) {
                int from = part * PART_BYTES;
                byte[] piece = Arrays.copyOfRange(octets, from, Math.min(octets.length, from + PART_BYTES));
                if (!store.put(partKey(key, part), piece)) {
                    failed("kept", piece.length + " octets are too many");
                    return;
                }
            }
        } catch (BlockStoreException e) {
            failed("kept", e.getMessage());
        }
    }

    /** Throws away what was made with other secrets than {@code kept}: nobody asks for it any more. */
    void dropAllBut(Collection<ContentSecrets> kept) {
        Set<ByteBuffer> tags = kept.stream()
                .map(secrets -> ByteBuffer.wrap(secrets.parametersTag()))
                .collect(Collectors.toSet());
        try {
            int dropped = 0;
            List<byte[]> others;
            byte[] from = {KeptInformation.KEY_PREFIX};
            do {
                others = othersFrom(from, tags);
                others.forEach(store::remove);
                dropped += others.size();
                from = others.isEmpty() ? from : others.get(others.size() - 1);
            } while (others.size() == DROPPED_AT_ONCE);
            if (dropped > 0) {
                LOG.info("dropped {} parts of content information whose secrets are not understood any more", dropped);
            }
        } catch (BlockStoreException e) {
            failed("dropped", e.getMessage());
        }
    }

    private List<byte[]> othersFrom(byte[] from, Set<ByteBuffer> tags) {
        List<byte[]> others = new ArrayList<>();
        store.visitKeys(from, new byte[] {KeptInformation.KEY_PREFIX + 1}, (key, valueBytes) -> {
            int end = KeptInformation.SECRETS_TAG_OFFSET + ContentSecrets.PARAMETERS_TAG_BYTES;
            if (key.length < end
                    || !tags.contains(
                            ByteBuffer.wrap(Arrays.copyOfRange(key, KeptInformation.SECRETS_TAG_OFFSET, end)))) {
                others.add(key);
            }
            return others.size() < DROPPED_AT_ONCE;
        });
        return others;
    }

    private static byte[] partKey(byte[] key, int part) {
        return ByteBuffer.allocate(key.length + Integer.BYTES)
                .put(key)
                .putInt(part)
                .array();
    }

    private void failed(String what, @Nullable String reason) {
        failures.increment();
        LOG.warn("content information cannot be {}: {}", what, reason);
    }

    @Override
    public void close() {
        store.close();
    }
}
