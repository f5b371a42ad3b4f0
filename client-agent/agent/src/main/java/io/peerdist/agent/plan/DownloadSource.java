// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import java.util.Locale;

/** Where bytes of a download came from. The order is the order in which a block is looked for. */
public enum DownloadSource {
    /** What an interrupted download had left, or what arrived before the content information did. */
    PARTIAL_FILE("partial file", "partialFile"),
    /** This machine's own cache. */
    LOCAL_CACHE("local cache", "localCache"),
    /** A hosted cache of the branch. */
    HOSTED_CACHE("hosted cache", "hostedCache"),
    /** Another machine of the branch. */
    PEER("peer", "peer"),
    /** The content server, as bytes of the file. */
    ORIGIN("origin", "origin"),
    /** The content server, as hashes. These bytes are no part of the file. */
    CONTENT_INFORMATION("content information", "contentInformation");

    private final String label;
    private final String jsonName;

    DownloadSource(String label, String jsonName) {
        this.label = label;
        this.jsonName = jsonName;
    }

    /** Whether this machine reads the bytes itself, in less time than a thread takes to wake. */
    public boolean isNear() {
        return this == PARTIAL_FILE || this == LOCAL_CACHE;
    }

    /** The name for people. */
    public String label() {
        return label;
    }

    /** The first word of the name for people. */
    public String shortLabel() {
        return label.substring(0, (label + ' ').indexOf(' '));
    }

    /** The name as a key of JSON output. */
    public String jsonName() {
        return jsonName;
    }

    /** The value of a metric's label {@code source}. */
    public String metricValue() {
        return name().toLowerCase(Locale.ROOT);
    }
}
