package io.tapekeeper.app;

import io.tapekeeper.app.doctor.Check;
import io.tapekeeper.app.doctor.PortCheck;
import io.tapekeeper.app.doctor.StoreCheck;
import io.tapekeeper.app.doctor.VenueCheck;
import io.tapekeeper.app.terminal.Clocks;
import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.app.terminal.Findings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code doctor}: what is wrong here, and what to do about it. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Checks the JDK, the store (is it sound? which process records it? how did the last one end? what is"
                    + " missing?), the disk and when it will be full, the port, the request budget, the venue and the"
                    + " clock; reports what is wrong and what to do.",
            "Exit code 1 where something is."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  ./tapekeeper doctor", "  ./tapekeeper doctor --db data/demo.db --json"})
final class DoctorCommand implements Callable<Integer> {
    private static final int ABOUT_WIDTH = 6;

    @Mixin
    private StoreOption store = new StoreOption();

    @Option(names = "--port", paramLabel = "N", description = "Port of the page (default: 8080).")
    private int port = 8080;

    @Mixin
    private VenueOptions venue = new VenueOptions();

    @Option(names = "--json", description = "Print the findings as JSON.")
    private boolean json;

    @Override
    public Integer call() {
        RestOption rest = venue.rest();
        VenueCheck venueCheck = new VenueCheck(rest.url(), rest::open, venue.streamUrl(), Clocks.SYSTEM.nanos());
        List<Check> checks = List.of(
                DoctorCommand::java,
                new StoreCheck(store.path()),
                new PortCheck(port),
                venueCheck::venue,
                venueCheck::socket);
        Findings findings = json ? Findings.silent() : new Findings(System.out, ABOUT_WIDTH);
        checks.forEach(check -> check.run(findings));
        if (json) {
            System.out.println(JsonMapper.shared().writeValueAsString(findings.asTree()));
        }
        return findings.isWrong() ? CommandFailure.FOUND_WRONG : CommandFailure.FINE;
    }

    private static void java(Findings findings) {
        findings.fine(
                "java",
                Runtime.version() + ", " + System.getProperty("java.home"),
                Map.of("version", Runtime.version().toString()));
    }
}
