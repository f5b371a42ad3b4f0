// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

/** Why a source did not deliver a block. */
public enum FetchMiss {
    /** It has not got the block. */
    ABSENT,
    /** It delivered bytes whose hash is wrong. */
    BAD,
    /** It could not be asked: no connection, no answer in time, an answer that cannot be read. */
    FAILED
}
