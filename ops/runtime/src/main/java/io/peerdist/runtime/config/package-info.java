// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the configuration file: YAML 1.2, one section per component, one level of keys, command-line options on top. All
 * that is wrong is reported at once. Entry type: {@link io.peerdist.runtime.config.ConfigurationReader}.
 */
@NullMarked
package io.peerdist.runtime.config;

import org.jspecify.annotations.NullMarked;
