// SPDX-License-Identifier: Apache-2.0
/**
 * The commands {@code peerdist content-server} and {@code peerdist content-info}. Entry types:
 * {@link io.peerdist.contentserver.cli.ContentServerCommand} and {@link io.peerdist.contentserver.cli.ContentInfoCommand}.
 */
@NullMarked
package io.peerdist.contentserver.cli;

import org.jspecify.annotations.NullMarked;
