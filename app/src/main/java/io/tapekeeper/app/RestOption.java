package io.tapekeeper.app;

import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.binance.Binance;
import java.net.URI;
import java.util.Locale;
import picocli.CommandLine.Option;

/** {@code --rest-url}: the venue, for a command that asks it questions only. */
final class RestOption {
    @Option(
            names = "--rest-url",
            paramLabel = "URL",
            description = "REST API (default: ${DEFAULT-VALUE}).",
            defaultValue = "https://api.binance.com")
    private URI restUrl;

    /** @throws CommandFailure where the option names no http or https address */
    URI url() {
        return checked("--rest-url", restUrl, "http");
    }

    /** The venue, for the caller to close. */
    Venue open() {
        return Binance.at(url());
    }

    /**
     * Returns the address that an option names.
     *
     * @param scheme http or ws, which an s may follow
     * @throws CommandFailure where it does not name one of that scheme
     */
    static URI checked(String option, URI url, String scheme) {
        String given = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (url.getHost() == null || !(given.equals(scheme) || given.equals(scheme + "s"))) {
            throw CommandFailure.usage(
                    "%s must be a %s:// or %ss:// address, not \"%s\"".formatted(option, scheme, scheme, url));
        }
        return url;
    }
}
