// SPDX-License-Identifier: Apache-2.0
/**
 * The directory a content server serves: from a request's path to an open file that surely lies inside, and to the
 * identity of the file's version. Entry type: {@link io.peerdist.contentserver.files.DocumentRoot}.
 */
@NullMarked
package io.peerdist.contentserver.files;

import org.jspecify.annotations.NullMarked;
