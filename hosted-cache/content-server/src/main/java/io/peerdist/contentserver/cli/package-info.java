// SPDX-License-Identifier: Apache-2.0
/**
 * The commands {@code peerdist content-server}, {@code peerdist content-info} and {@code peerdist secret}. Entry types:
 * {@link io.peerdist.contentserver.cli.ContentServerCommand}, {@link io.peerdist.contentserver.cli.ContentInfoCommand} and
 * {@link io.peerdist.contentserver.cli.SecretCommand}.
 */
@NullMarked
package io.peerdist.contentserver.cli;

import org.jspecify.annotations.NullMarked;
