// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;

/** Logs a client of the tests in. */
final class KerberosLogin {
    private static final String MODULE = "com.sun.security.auth.module.Krb5LoginModule";

    private KerberosLogin() {}

    /** A subject with the ticket for tickets of {@code principal}. */
    static Subject withPassword(String principal, String password) {
        Configuration configuration = new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return new AppConfigurationEntry[] {
                    new AppConfigurationEntry(
                            MODULE,
                            AppConfigurationEntry.LoginModuleControlFlag.REQUIRED,
                            Map.of("principal", principal, "refreshKrb5Config", "true"))
                };
            }
        };
        try {
            LoginContext login = new LoginContext(
                    "client",
                    null,
                    callbacks -> {
                        for (Callback callback : callbacks) {
                            if (callback instanceof PasswordCallback asked) {
                                asked.setPassword(password.toCharArray());
                            }
                        }
                    },
                    configuration);
            login.login();
            return login.getSubject();
        } catch (LoginException e) {
            throw new IllegalStateException(e);
        }
    }
}
