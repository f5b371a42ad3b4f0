// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.peerdist.contentserver.information.EncodedInformation;
import java.nio.channels.FileChannel;

/**
 * What a request gets. Whoever takes it closes the file of a {@link FilePart}.
 *
 * @param headers complete but for Date and Connection, which belong to the listener
 */
record Answer(RequestKind kind, HttpResponseStatus status, HttpHeaders headers, Body body) {
    /** What follows the header fields. */
    sealed interface Body {
        /** How many octets go to the client. */
        long lengthBytes();
    }

    /** Nothing. */
    record NoBody() implements Body {
        @Override
        public long lengthBytes() {
            return 0;
        }
    }

    /** Content information. */
    record InformationBody(EncodedInformation information) implements Body {
        @Override
        public long lengthBytes() {
            return information.lengthBytes();
        }
    }

    /** A part of an open file. */
    record FilePart(FileChannel file, long offset, long lengthBytes) implements Body {}
}
