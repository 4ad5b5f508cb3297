package io.tapekeeper.venue.net;

import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;

/** Why a host cannot be reached, in plain words. The same cause gives the same sentence, so it can be said once. */
public final class NetworkErrors {
    private NetworkErrors() {}

    /** For an answer that never came; {@code failure} is what the network reported. */
    public static String unreachable(URI address, Throwable failure) {
        String host = address.getAuthority();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case HttpTimeoutException e -> {
                    return host + " does not answer in time. Check the network connection.";
                }
                case UnknownHostException e -> {
                    return unknownHost(host);
                }
                case UnresolvedAddressException e -> {
                    return unknownHost(host);
                }
                case SSLException e -> {
                    return "No secure connection to %s (%s). Check this machine's clock, and for a proxy in between."
                            .formatted(host, Excerpt.of(String.valueOf(e.getMessage()), 100));
                }
                default -> {}
            }
        }
        // Looked for last: the JDK wraps an unknown host into one of these.
        if (failure instanceof ConnectException) {
            return host + " refuses the connection or is out of reach. Check the address and the network connection.";
        }
        return "The connection to %s broke (%s). Check the network connection."
                .formatted(host, Excerpt.of(String.valueOf(failure.getMessage()), 100));
    }

    private static String unknownHost(String host) {
        return "The address of " + host + " cannot be found. Check the name and the network connection.";
    }
}
