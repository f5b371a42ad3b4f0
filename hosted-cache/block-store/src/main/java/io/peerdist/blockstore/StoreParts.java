// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory of a block store, with its catalogue and its log open. */
final class StoreParts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreParts.class);
    private static final String PRODUCT = "peerdist-block-store";
    private static final int FORMAT_VERSION = 2;
    private static final String LOG_NAME = "log";
    private static final String CATALOGUE_NAME = "catalogue";

    private static final String PINS_NAME = "pins";
    private static final String USES_NAME = "uses";

    /** While this file is there, the next start makes the catalogue anew. */
    private static final String REBUILD_NAME = "rebuild-catalogue";

    private static final long MIN_WRITE_BUFFER_BYTES = 128L << 10;

    /** A start reads twice as much from the write-ahead log; filters and indexes make better use of the rest. */
    private static final long MAX_WRITE_BUFFER_BYTES = 8L << 20;

    /** The write-ahead log and what is in flight must not take more than a small part of the limit. */
    private static final int WRITE_BUFFERS_PER_LIMIT = 128;

    /** Where the extents are kept. */
    interface FilesFactory {
        ExtentFiles in(Path directory) throws IOException;
    }

    private final StoreDirectory directory;
    private final Catalogue catalogue;
    private final BlockLog log;

    private StoreParts(StoreDirectory directory, Catalogue catalogue, BlockLog log) {
        this.directory = directory;
        this.catalogue = catalogue;
        this.log = log;
    }

    static StoreParts open(BlockStoreSettings settings, RandomGenerator random, FilesFactory files) {
        StoreDirectory directory = StoreDirectory.open(
                settings.directory(),
                PRODUCT,
                FORMAT_VERSION,
                Set.of(LOG_NAME, CATALOGUE_NAME, REBUILD_NAME, PINS_NAME, USES_NAME));
        try {
            Path logPath = Files.createDirectories(directory.path().resolve(LOG_NAME));
            BlockLog log = new BlockLog(files.in(logPath), random);
            return new StoreParts(directory, openCatalogue(directory, keyValueSettings(settings)), log);
        } catch (IOException e) {
            directory.close();
            throw StoreDirectory.translate(settings.directory(), "creating the block log in", e);
        } catch (BlockStoreException e) {
            directory.close();
            throw e;
        }
    }

    static KeyValueSettings keyValueSettings(BlockStoreSettings settings) {
        long writeBuffers = Math.max(
                MIN_WRITE_BUFFER_BYTES,
                Math.min(
                        Math.min(MAX_WRITE_BUFFER_BYTES, settings.catalogueMemoryBytes() / 4),
                        settings.maxBytes() / WRITE_BUFFERS_PER_LIMIT));
        return new KeyValueSettings(
                Math.max(settings.catalogueMemoryBytes() / 2, settings.catalogueMemoryBytes() - 2 * writeBuffers),
                writeBuffers);
    }

    private static Catalogue openCatalogue(StoreDirectory directory, KeyValueSettings settings) {
        Path path = directory.path().resolve(CATALOGUE_NAME);
        if (Files.exists(directory.path().resolve(REBUILD_NAME))) {
            LOG.warn("The catalogue in {} was found damaged; it is made anew from the block log", path);
            return openAnew(directory, settings);
        }
        try {
            return Catalogue.open(path, settings);
        } catch (BlockStoreException e) {
            if (e.kind() != BlockStoreException.Kind.CORRUPT) {
                throw e;
            }
            LOG.warn("The catalogue in {} cannot be opened; it is made anew from the block log", path, e);
            return openAnew(directory, settings);
        }
    }

    /** Whenever this is cut short, the next start goes on with it. */
    private static Catalogue openAnew(StoreDirectory directory, KeyValueSettings settings) {
        directory.deletePart(CATALOGUE_NAME);
        Catalogue catalogue = Catalogue.open(directory.path().resolve(CATALOGUE_NAME), settings);
        directory.deletePart(REBUILD_NAME);
        return catalogue;
    }

    Catalogue catalogue() {
        return catalogue;
    }

    BlockLog log() {
        return log;
    }

    /** Where {@link PinFile} is. */
    Path pins() {
        return directory.path().resolve(PINS_NAME);
    }

    /** Where {@link ExtentUseFile} is. */
    Path uses() {
        return directory.path().resolve(USES_NAME);
    }

    static boolean isRebuildDue(Path directory) {
        return Files.exists(directory.resolve(REBUILD_NAME));
    }

    /** Has the catalogue made anew at the next start; until then the entries concerned count as absent. */
    void catalogueDamaged(BlockStoreException reason) {
        Path mark = directory.path().resolve(REBUILD_NAME);
        if (Files.exists(mark)) {
            return;
        }
        LOG.warn("The catalogue is damaged; the next start makes it anew from the block log", reason);
        try {
            Files.writeString(mark, reason.getMessage() + "\n");
        } catch (IOException e) {
            LOG.warn("The file {} could not be written; delete the catalogue by hand to have it made anew", mark, e);
        }
    }

    @Override
    public void close() {
        catalogue.close();
        log.close();
        directory.close();
    }
}
