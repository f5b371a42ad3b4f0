// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

/** {@code MsgType}, with the major version (minor 0) that a message of the type is sent with (MS-PCCRR 2.2.3). */
enum MessageType {
    NEGO_REQ(0, 1),
    NEGO_RESP(1, 1),
    GETBLKLIST(2, 1),
    GETBLKS(3, 1),
    BLKLIST(4, 1),
    BLK(5, 1),
    GETSEGLIST(6, 2),
    SEGLIST(7, 2);

    final int id;
    final int majorVersion;

    MessageType(int id, int majorVersion) {
        this.id = id;
        this.majorVersion = majorVersion;
    }

    /** Whether a peer of major version {@code major} can be sent this type. The negotiation is of version 1.0 for all. */
    boolean isIn(int major) {
        return isNegotiation() ? major == majorVersion : major >= majorVersion;
    }

    /** The major version of an answer of this type to a request of major version {@code asked}. */
    int answerTo(int asked) {
        return isNegotiation() ? majorVersion : Math.max(majorVersion, asked);
    }

    private boolean isNegotiation() {
        return this == NEGO_REQ || this == NEGO_RESP;
    }
}
