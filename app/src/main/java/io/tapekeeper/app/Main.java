package io.tapekeeper.app;

import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.app.terminal.ConfigFile;
import io.tapekeeper.app.terminal.LogFile;
import io.tapekeeper.recorder.RecordingException;
import io.tapekeeper.recorder.Shutdown;
import java.io.PrintWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command line. */
@Command(
        name = "tapekeeper",
        versionProvider = Main.Version.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Keeps the tape of a market and watches it.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./tapekeeper demo                              the whole product on a simulated market",
            "  ./tapekeeper run --symbols BTCUSDT,ETHUSDT     record two symbols from Binance",
            "  ./tapekeeper run --mode poll --every 1s        ask for the price every second instead",
            "  ./tapekeeper analyze prices.csv --out features.csv",
            "  ./tapekeeper export bars --interval 1m --out bars.csv",
            "  ./tapekeeper verify                            is the tape complete and true?",
            "  ./tapekeeper backfill BTCUSDT --from 2026-11-01",
            "  ./tapekeeper bench                             how fast is it on this machine?",
            "",
            "Each command has its own help: ./tapekeeper run --help. Settings may stand in tapekeeper.yaml",
            "(or --config FILE), one line each, named like the options: \"port: 8080\".",
            "Exit codes: 0 fine, 1 found wrong, 2 bad usage, 3 something outside is in the way."
        })
public final class Main implements Runnable {
    /** In the order of the help. */
    private static final List<String> COMMANDS =
            List.of("demo", "run", "serve", "exchange", "analyze", "export", "backfill", "verify", "backup", "doctor");

    /** The commands whose options may stand in a file. */
    private static final List<String> SETTLED = List.of("run", "demo", "serve");

    /** The commands that work on what these record: they take the settings that they have too. */
    private static final List<String> FOLLOWING = List.of("verify", "backfill", "backup", "export", "doctor");

    private static final Logger LOG = System.getLogger(Main.class.getName());

    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = CommandLine.ScopeType.INHERIT,
            description = "Settings in YAML (default: tapekeeper.yaml where it exists).")
    @SuppressWarnings("UnusedVariable") // settings() looks for it first; here it is for the help
    private Path config;

    private final Signals signals;

    private Main(Shutdown stop) {
        signals = new Signals(stop);
    }

    /** The entry of ./tapekeeper. */
    public static void main(String[] args) {
        System.exit(execute(args));
    }

    /** Runs one command line; returns its exit code. */
    static int execute(String... args) {
        return execute(new Shutdown(), args);
    }

    /** The same, which {@code stop} ends too. */
    static int execute(Shutdown stop, String... args) {
        Main main = new Main(stop);
        int code = main.run(main.lineFor(args), args);
        main.signals.finished(code);
        return code;
    }

    /**
     * A line that knows the command that is named first, or all where none is: the options of ten commands take a third
     * of a second to read, and those of nine are of no use to the tenth.
     */
    private CommandLine lineFor(String... args) {
        boolean named = args.length > 0 && COMMANDS.contains(args[0]);
        return lineOf(named ? List.of(args[0]) : COMMANDS);
    }

    private CommandLine lineOf(List<String> commands) {
        CommandLine line = new CommandLine(this);
        commands.forEach(name -> line.addSubcommand(command(name)));
        return line;
    }

    private Object command(String name) {
        return switch (name) {
            case "demo" -> new DemoCommand(signals);
            case "run" -> new RunCommand(signals);
            case "serve" -> new ServeCommand(signals);
            case "exchange" -> new ExchangeCommand(signals);
            case "analyze" -> new AnalyzeCommand();
            case "export" -> new ExportCommand();
            case "backfill" -> new BackfillCommand(signals);
            case "verify" -> new VerifyCommand();
            case "backup" -> new BackupCommand(signals);
            case "doctor" -> new DoctorCommand();
            default -> throw new IllegalArgumentException("there is no command " + name);
        };
    }

    private int run(CommandLine line, String... args) {
        LogFile.console();
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(true);
        try {
            ConfigFile settings = settings(args);
            line.getSubcommands().entrySet().stream()
                    .filter(command -> SETTLED.contains(command.getKey()) || FOLLOWING.contains(command.getKey()))
                    .forEach(command -> command.getValue().setDefaultValueProvider(settings));
            line.setParameterExceptionHandler((e, words) -> refuse(e, settings));
            line.setExecutionExceptionHandler(Main::failed);
            return line.execute(args);
        } catch (CommandFailure e) {
            say(line, e.getMessage());
            return e.exitCode();
        }
    }

    /** Settings have to be known before the command line is parsed: they are its defaults. */
    private ConfigFile settings(String... args) {
        Path file = Files.exists(ConfigFile.DEFAULT) ? ConfigFile.DEFAULT : null;
        for (int at = 0; at < args.length; at++) {
            if (args[at].equals("--config") && at + 1 < args.length) {
                file = Path.of(args[at + 1]);
            } else if (args[at].startsWith("--config=")) {
                file = Path.of(args[at].substring("--config=".length()));
            }
        }
        if (file == null) {
            return ConfigFile.none();
        }
        Collection<String> known = new TreeSet<>();
        for (CommandLine command : lineOf(SETTLED).getSubcommands().values()) {
            for (OptionSpec option : command.getCommandSpec().options()) {
                known.add(ConfigFile.key(option));
            }
        }
        known.removeAll(List.of("help", "version", "config"));
        return ConfigFile.read(file, known);
    }

    private static int refuse(ParameterException e, ConfigFile settings) {
        CommandLine line = e.getCommandLine();
        CommandSpec command = line.getCommandSpec();
        String origin = e.getArgSpec() == null ? null : settings.origin(e.getArgSpec());
        boolean fromFile = origin != null && !givenOnCommandLine(e);
        String sentence = e.getMessage().lines().findFirst().orElse("this is not understood");
        if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
            List<String> near = unmatched.getSuggestions();
            sentence += near.isEmpty() ? "" : "; the nearest is " + String.join(" or ", near);
        }
        say(
                line,
                (fromFile ? origin + ": " : "")
                        + sentence
                        + (fromFile ? "" : " (see ./" + command.qualifiedName() + " --help)"));
        return CommandFailure.BAD_USAGE;
    }

    private static boolean givenOnCommandLine(ParameterException e) {
        ParseResult parsed = e.getCommandLine().getParseResult();
        return parsed != null && e.getArgSpec() instanceof OptionSpec option && parsed.hasMatchedOption(option);
    }

    private static int failed(Exception e, CommandLine line, ParseResult parsed) {
        if (e instanceof RecordingException refusal) {
            return failed(CommandFailure.of(refusal), line, parsed);
        }
        if (e instanceof CommandFailure failure) {
            LOG.log(Level.DEBUG, failure.getMessage(), failure);
            say(line, failure.getMessage());
            return failure.exitCode();
        }
        LOG.log(Level.ERROR, "internal error", e);
        say(
                line,
                "internal error: %s. Nothing stored is lost; the details are in %s, please report them"
                        .formatted(e, LogFile.whereabouts()));
        return CommandFailure.OUTSIDE;
    }

    private static void say(CommandLine line, String sentence) {
        PrintWriter err = line.getErr();
        err.println("tapekeeper: " + sentence);
        err.flush();
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    /** The version that the build wrote into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {
                "tapekeeper %s on Java %s".formatted(version == null ? "(not packaged)" : version, Runtime.version())
            };
        }
    }
}
