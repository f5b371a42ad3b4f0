// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.blockstore.BlockStoreException;
import io.peerdist.blockstore.ContentInformationStore;
import io.peerdist.contentserver.information.InformationStore;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Content information in the data directory. A database that fails while the server runs costs hashing the files anew, no
 * answer: it is logged and counted. Thread-safe.
 */
final class InformationDatabase implements InformationStore, AutoCloseable {
    private static final String DIRECTORY = "content-information";

    private static final Logger LOG = LoggerFactory.getLogger(InformationDatabase.class);

    private final ContentInformationStore store;
    private final Counter failures;

    private InformationDatabase(ContentInformationStore store, MeterRegistry registry) {
        this.store = store;
        this.failures = Counter.builder("peerdist_ci_store_failures")
                .description("Reads and writes of kept content information that failed")
                .register(registry);
    }

    static InformationDatabase open(Path dataDirectory, MeterRegistry registry) {
        try {
            return new InformationDatabase(
                    ContentInformationStore.open(dataDirectory.resolve(DIRECTORY), registry), registry);
        } catch (BlockStoreException e) {
            throw new FailureException(exitCode(e), String.valueOf(e.getMessage()), e);
        }
    }

    private static ExitCode exitCode(BlockStoreException e) {
        return switch (e.kind()) {
            case LOCKED -> ExitCode.STORE_LOCKED;
            case CORRUPT -> ExitCode.STORE_CORRUPT;
            default -> ExitCode.CONFIGURATION;
        };
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        try {
            return store.get(key);
        } catch (BlockStoreException e) {
            failed("read", e);
            return null;
        }
    }

    @Override
    public void put(byte[] key, byte[] value) {
        try {
            store.put(key, value);
        } catch (BlockStoreException e) {
            failed("kept", e);
        }
    }

    private void failed(String what, BlockStoreException e) {
        failures.increment();
        LOG.warn("content information cannot be {}: {}", what, e.getMessage());
    }

    @Override
    public void close() {
        store.close();
    }
}
