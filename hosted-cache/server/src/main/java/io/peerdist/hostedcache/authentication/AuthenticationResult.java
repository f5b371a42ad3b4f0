// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

/** What became of one request as far as authentication goes. */
enum AuthenticationResult {
    /** Its ticket was good. */
    ACCEPTED("accepted"),
    /** Its connection had shown a good ticket before. */
    REMEMBERED("remembered"),
    /** It had no ticket and was asked for one. */
    CHALLENGED("challenged"),
    /** Its token was the first of several. */
    CONTINUED("continued"),
    /** The principal is not one of those that may offer. */
    FORBIDDEN("forbidden"),
    /** Its ticket was no good: expired, replayed, of other keys, damaged. */
    REFUSED("refused"),
    /** Its ticket was good, but for another service of the same keytab. */
    WRONG_SERVICE("wrong_service"),
    /** It came with NTLM. */
    NTLM("ntlm"),
    /** Its Authorization field was none of this. */
    MALFORMED("malformed"),
    /** Its token was too long. */
    TOO_LONG("too_long"),
    /** Its tokens were too many, or took too long. */
    UNFINISHED("unfinished"),
    /** As many tokens as may were being looked at. */
    OVERLOADED("overloaded");

    private final String label;

    AuthenticationResult(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
