// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.blockstore.BlockStoreException;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;

/** What a store that cannot be opened means for the process. */
final class StoreFailures {
    private StoreFailures() {}

    /** The store's sentence with the exit code that is documented for it. */
    static FailureException translate(BlockStoreException e) {
        ExitCode exitCode = switch (e.kind()) {
            case LOCKED -> ExitCode.STORE_LOCKED;
            case CORRUPT, NEWER_FORMAT -> ExitCode.STORE_CORRUPT;
            case UNWRITABLE -> ExitCode.CONFIGURATION;
            case FULL, IO, CLOSED -> ExitCode.WORK_FAILED;
        };
        return new FailureException(exitCode, String.valueOf(e.getMessage()), e);
    }
}
