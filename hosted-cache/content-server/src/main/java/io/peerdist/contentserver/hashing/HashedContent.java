// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.hashing;

import io.peerdist.codec.pccrc.ContentInformationV1;
import io.peerdist.codec.pccrc.ContentInformationV2;

/**
 * What one pass over a file gives. Immutable.
 *
 * @param lengthBytes how many octets were read, at least 1
 * @param v1 version 1.0 content information of all of them
 * @param v2 version 2.0 content information of all of them
 */
public record HashedContent(long lengthBytes, ContentInformationV1 v1, ContentInformationV2 v2) {}
