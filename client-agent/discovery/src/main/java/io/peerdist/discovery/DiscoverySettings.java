// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

/**
 * What discovery does.
 *
 * @param reach whom it reaches
 * @param interfaces on which interfaces
 * @param answerProbes whether it answers probes at all
 * @param limits how many datagrams it looks at
 * @param responder how it answers probes
 * @param requester how it looks for peers
 */
public record DiscoverySettings(
        DiscoveryReach reach,
        InterfaceChoice interfaces,
        boolean answerProbes,
        RateLimits limits,
        ResponderSettings responder,
        RequesterSettings requester) {
    /** Both roles on all interfaces, through multicast. */
    public static final DiscoverySettings DEFAULT = new DiscoverySettings(
            new DiscoveryReach.Multicast(DiscoveryReach.PORT),
            InterfaceChoice.ALL,
            true,
            RateLimits.DEFAULT,
            ResponderSettings.DEFAULT,
            RequesterSettings.DEFAULT);

    /** The same with another reach. */
    public DiscoverySettings withReach(DiscoveryReach other) {
        return new DiscoverySettings(other, interfaces, answerProbes, limits, responder, requester);
    }

    /** The same on other interfaces. */
    public DiscoverySettings withInterfaces(InterfaceChoice other) {
        return new DiscoverySettings(reach, other, answerProbes, limits, responder, requester);
    }

    /** The same with or without answers to probes. */
    public DiscoverySettings withAnswers(boolean answers) {
        return new DiscoverySettings(reach, interfaces, answers, limits, responder, requester);
    }
}
