package io.tapekeeper.app;

import io.tapekeeper.app.terminal.CommandFailure;
import java.net.URI;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code --rest-url} and {@code --stream-url}: the venue, for a command that follows it. */
final class VenueOptions {
    @Mixin
    private RestOption rest = new RestOption();

    @Option(
            names = "--stream-url",
            paramLabel = "URL",
            description = "WebSocket streams (default: ${DEFAULT-VALUE}).",
            defaultValue = "wss://stream.binance.com:9443")
    private URI streamUrl;

    RestOption rest() {
        return rest;
    }

    /** @throws CommandFailure where the option names no ws or wss address */
    URI streamUrl() {
        return RestOption.checked("--stream-url", streamUrl, "ws");
    }
}
