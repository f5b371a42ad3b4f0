// SPDX-License-Identifier: Apache-2.0
/**
 * Golden vectors with their provenance and the seeded-property runner that the tests of every module share.
 */
@NullMarked
package io.peerdist.conformance;

import org.jspecify.annotations.NullMarked;
