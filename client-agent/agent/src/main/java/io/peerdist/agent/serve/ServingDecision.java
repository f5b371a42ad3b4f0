// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

/** Whether somebody is served, and if not, why. */
public enum ServingDecision {
    /** Served. */
    SERVED("served", "yes"),
    /** This machine runs on battery. */
    BATTERY("battery", "no: this machine runs on battery (--serve-on-battery)"),
    /** The network is one that is spared. */
    NETWORK("network", "no: the network is excluded (--not-on)"),
    /** More is waiting to be sent than the limit of the bandwidth lets out in a short while. */
    BANDWIDTH("bandwidth", "not at once: the bandwidth is used up (--limit-send)");

    private final String label;
    private final String sentence;

    ServingDecision(String label, String sentence) {
        this.label = label;
        this.sentence = sentence;
    }

    String label() {
        return label;
    }

    /** For people. */
    public String sentence() {
        return sentence;
    }
}
