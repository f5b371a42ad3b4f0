// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import java.util.List;

/** Looks at one thing of this machine, and leaves it as it is. */
interface Check {
    /** As it stands in findings. */
    String name();

    /** May be interrupted; what it throws becomes a finding. */
    List<Finding> run() throws Exception;
}
