// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

/** How a request to the server role ended. */
enum RequestResult {
    /** Answered with what was asked for. */
    SERVED("served"),
    /** Answered: nothing of it is here. */
    EMPTY("empty"),
    /** Answered with an empty message: as many sessions as allowed were already open. */
    BUSY("busy"),
    /** Answered with an empty message: the pool that reads the disk had no room. */
    OVERLOADED("overloaded"),
    /** Answered with an empty message: this client is not served, or not now. */
    REFUSED("refused"),
    /** Answered with an empty message: the source failed. */
    FAILED("failed"),
    /** Answered with the versions that are supported here. */
    VERSION("version"),
    /** Answered: the client has the octets of this block already. */
    NOT_MODIFIED("not_modified"),
    /** Not answered completely before the upload timer ran out. */
    TIMEOUT("timeout"),
    /** The peer went away before it had the whole answer. */
    CLOSED("closed");

    private final String label;

    RequestResult(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
