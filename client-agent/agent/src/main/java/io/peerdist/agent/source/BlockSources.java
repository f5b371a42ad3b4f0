// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.source;

import java.util.List;

/** Where the downloads of an engine get blocks: one source, or several that each download finds for itself. Thread-safe. */
public interface BlockSources {
    /**
     * What one download asks.
     *
     * @param contentVersion 1 or 2, the version of the content information
     */
    List<? extends BlockSource> forDownload(int contentVersion);
}
