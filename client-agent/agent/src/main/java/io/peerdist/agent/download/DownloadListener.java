// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

/** Hears how a download gets on. Called by the thread that downloads, several times a second: keep it short. */
public interface DownloadListener {
    /** Hears nothing. */
    DownloadListener NONE = new DownloadListener() {
        @Override
        public void progress(DownloadProgress progress) {}

        @Override
        public void warning(String sentence) {}
    };

    /** The download got on, or some time went by. */
    void progress(DownloadProgress progress);

    /** The file is complete, and hosted caches are still pulling what they were offered. */
    default void waiting(OfferSummary offers) {}

    /** Something is amiss that does not end the download; one sentence for the user. */
    void warning(String sentence);
}
