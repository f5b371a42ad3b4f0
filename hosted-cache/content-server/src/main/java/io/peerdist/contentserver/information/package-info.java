// SPDX-License-Identifier: Apache-2.0
/**
 * Content information by file version: what is kept, and the hashing of what is not, once however many ask. Entry type:
 * {@link io.peerdist.contentserver.information.ContentInformationSource}.
 */
@NullMarked
package io.peerdist.contentserver.information;

import org.jspecify.annotations.NullMarked;
