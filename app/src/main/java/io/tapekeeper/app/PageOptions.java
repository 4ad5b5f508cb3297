package io.tapekeeper.app;

import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.dashboard.Dashboard;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.recorder.Page;
import io.tapekeeper.store.History;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Where the page is shown. */
final class PageOptions {
    @Option(names = "--port", paramLabel = "N", description = "Port of the page (default: 8080; 0 = any that is free).")
    private int port = 8080;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address to listen on (default: 127.0.0.1, this machine only).")
    private String host = "127.0.0.1";

    @Option(names = "--open", description = "Open the page in the browser.")
    private boolean open;

    /** Starts the page and prints where it is. */
    Page.Open start(LiveView view, History history) {
        if (port < 0 || port > 65_535) {
            throw CommandFailure.usage("--port must be from 0 to 65535, not " + port);
        }
        Dashboard dashboard = new Dashboard(view, history, host, port);
        try {
            dashboard.start();
        } catch (IOException e) {
            throw CommandFailure.outside(e.getMessage(), e);
        }
        String address = "http://" + host + ":" + dashboard.port();
        System.out.println("page: " + address);
        if (open) {
            browse(address);
        }
        return dashboard::close;
    }

    private static void browse(String address) {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        List<String> command = os.contains("mac")
                ? List.of("open", address)
                : os.contains("win")
                        ? List.of("rundll32", "url.dll,FileProtocolHandler", address)
                        : List.of("xdg-open", address);
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            System.out.println("no browser could be opened (" + e.getMessage() + "): open the page by hand");
        }
    }
}
