package io.tapekeeper.exchange.faults;

import io.tapekeeper.exchange.faults.Fault.Body;
import io.tapekeeper.exchange.faults.Fault.Drop;
import io.tapekeeper.exchange.faults.Fault.Frame;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;

/** Reads a plan from YAML; what it does not say is drawn from its seed. */
public final class FaultPlanReader {
    private static final Pattern SEED = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern AMOUNT =
            Pattern.compile("(-?)([0-9]{1,9}) ?(ms|s|m|h|trades?|requests?|connections?|minutes?)");
    private static final Progress FOR_EVER = new Progress(Progress.Unit.TIME, Long.MAX_VALUE);

    /** A value and where it stands. */
    private record Setting(String value, int line) {}

    private final String origin;
    private RandomFaults draw = new RandomFaults(0);
    private int line;
    private String name = "";
    private Map<String, Setting> settings = new LinkedHashMap<>();

    private FaultPlanReader(String origin) {
        this.origin = origin;
    }

    /**
     * A plan's file, or a seed: for a {@linkplain FaultPlan#random random mixture}.
     *
     * @throws InvalidPlanException with file, line and remedy where something is wrong with it
     */
    public static FaultPlan read(String fileOrSeed) throws InvalidPlanException {
        if (SEED.matcher(fileOrSeed).matches()) {
            return FaultPlan.random(Long.parseLong(fileOrSeed));
        }
        Path file = Path.of(fileOrSeed);
        try {
            return parse(Files.readString(file), fileOrSeed);
        } catch (NoSuchFileException e) {
            throw new InvalidPlanException(
                    "there is no plan of faults %s: name a file that exists, or a seed such as 42".formatted(file), e);
        } catch (InvalidPlanException e) {
            throw e;
        } catch (IOException e) {
            throw new InvalidPlanException(
                    "the plan of faults %s cannot be read: %s; check the file".formatted(file, e.getMessage()), e);
        }
    }

    /** @param origin what messages call the text */
    public static FaultPlan parse(String yaml, String origin) throws InvalidPlanException {
        FaultPlanReader plan = new FaultPlanReader(origin);
        try (Reader reader = new StringReader(yaml);
                JsonParser parser = new YAMLFactory().createParser(ObjectReadContext.empty(), reader)) {
            return plan.plan(parser);
        } catch (JacksonException e) {
            plan.line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw plan.wrong("this is not YAML: "
                    + e.getOriginalMessage().lines().findFirst().orElse("it breaks off"));
        } catch (IOException e) {
            throw e instanceof InvalidPlanException invalid
                    ? invalid
                    : new InvalidPlanException(origin + " cannot be read", e);
        }
    }

    private InvalidPlanException wrong(String what) {
        return new InvalidPlanException("%s, line %d: %s".formatted(origin, line, what));
    }

    private FaultPlan plan(JsonParser yaml) throws InvalidPlanException {
        Optional<Long> seed = Optional.empty();
        Optional<List<Fault>> faults = Optional.empty();
        if (yaml.nextToken() != JsonToken.START_OBJECT) {
            line = 1;
            throw wrong("a plan starts with \"seed: 42\" or \"faults:\"");
        }
        while (yaml.nextToken() != JsonToken.END_OBJECT) {
            at(yaml);
            String key = yaml.currentName();
            JsonToken value = yaml.nextToken();
            if (key.equals("seed") && value == JsonToken.VALUE_NUMBER_INT && faults.isEmpty()) {
                seed = Optional.of(yaml.getLongValue());
                draw = new RandomFaults(seed.get());
            } else if (key.equals("faults") && value == JsonToken.START_ARRAY) {
                faults = Optional.of(list(yaml));
            } else {
                throw wrong("a plan has a \"seed:\", a whole number, and then \"faults:\", a list; not this \"%s\""
                        .formatted(key));
            }
        }
        if (faults.isEmpty()) {
            return FaultPlan.random(seed.orElse(0L));
        }
        return new FaultPlan(seed.orElse(0L), faults.get());
    }

    private void at(JsonParser yaml) {
        line = yaml.currentTokenLocation().getLineNr();
    }

    private List<Fault> list(JsonParser yaml) throws InvalidPlanException {
        List<Fault> faults = new ArrayList<>();
        for (JsonToken token = yaml.nextToken(); token != JsonToken.END_ARRAY; token = yaml.nextToken()) {
            at(yaml);
            settings = new LinkedHashMap<>();
            if (token == JsonToken.VALUE_STRING) {
                name = yaml.getString();
            } else if (token == JsonToken.START_OBJECT) {
                yaml.nextToken();
                name = String.valueOf(yaml.currentName());
                settings(yaml);
                if (yaml.nextToken() != JsonToken.END_OBJECT) {
                    at(yaml);
                    throw wrong("one fault at a time: start the next with \"- \"");
                }
            } else {
                throw wrong("a fault is written as \"- drop: {after: 500 trades}\"");
            }
            int start = line;
            faults.add(fault());
            for (var unread : settings.entrySet()) {
                line = unread.getValue().line();
                throw wrong("\"%s\" takes no \"%s\"; see docs/faulty-exchange.md for what it takes"
                        .formatted(name, unread.getKey()));
            }
            line = start;
        }
        return faults;
    }

    private void settings(JsonParser yaml) throws InvalidPlanException {
        JsonToken start = yaml.nextToken();
        if (start == JsonToken.VALUE_NULL) {
            return;
        }
        if (start != JsonToken.START_OBJECT) {
            throw wrong("settings of a fault are written as \"- drop: {after: 500 trades}\"");
        }
        while (yaml.nextToken() != JsonToken.END_OBJECT) {
            String key = yaml.currentName();
            JsonToken value = yaml.nextToken();
            at(yaml);
            if (!value.isScalarValue() || value == JsonToken.VALUE_NULL) {
                throw wrong("\"%s\" needs a plain value".formatted(key));
            }
            settings.put(key, new Setting(yaml.getString(), line));
        }
    }

    private Fault fault() throws InvalidPlanException {
        return switch (name) {
            case "drop" -> new Drop(when(draw.trades()), choice("how", Drop.How.values(), draw.how()));
            case "silent" -> new Fault.Silent(window(draw.trades(), Progress.of(draw.time())));
            case "half-open" -> new Fault.HalfOpen(when(draw.trades()));
            case "mute" -> new Fault.Mute(when(Progress.connections(1)));
            case "refuse" -> {
                int status = number("status", draw.handshakeStatus(), 400, 599);
                yield new Fault.Refuse(window(Progress.connections(1), Progress.of(draw.time())), status);
            }
            case "rotate" -> new Fault.Rotate(time("every", Duration.ofMinutes(1)));
            case "restart" -> {
                Duration down = time("for", draw.time());
                yield new Fault.Restart(when(draw.trades()), down);
            }
            case "server-shutdown" -> {
                Duration lead = time("for", draw.time());
                yield new Fault.ServerShutdown(when(draw.trades()), lead);
            }
            case "drip" -> {
                Duration length = time("for", draw.time());
                yield new Fault.Drip(when(draw.trades()), length);
            }
            case "burst" -> {
                Duration hold = time("for", draw.time());
                yield new Fault.Burst(when(draw.trades()), hold);
            }
            case "clock" -> {
                Duration by = time("by", draw.step());
                yield new Fault.Clock(window(Progress.trades(0), FOR_EVER), by);
            }
            case "rest" -> {
                int status = number("status", draw.status(), 400, 599);
                Duration retryAfter = time("retry-after", Duration.ofSeconds(1));
                yield new Fault.Status(when(draw.requests()), status, retryAfter);
            }
            case "body" -> new Body(when(draw.requests()), choice("how", Body.Trick.values(), draw.body()));
            case "slow" -> {
                Duration by = time("by", draw.time().multipliedBy(5));
                yield new Fault.Slow(when(draw.requests()), by);
            }
            case "lag" -> {
                Duration by = time("by", draw.time());
                yield new Fault.Lag(window(Progress.requests(0), FOR_EVER), by);
            }
            case "late-ids" -> {
                int oneIn = number("one-in", 10, 2, Integer.MAX_VALUE);
                Duration by = time("by", draw.time());
                yield new Fault.LateIds(window(Progress.requests(0), FOR_EVER), oneIn, by);
            }
            case "blank" -> new Fault.Blank(number("one-in", 100, 2, Integer.MAX_VALUE));
            case "venue-holes" -> new Fault.VenueHoles(number("one-in", 1_000, 2, Integer.MAX_VALUE));
            case "retention" -> new Fault.Retention(number("keep", 1_000, 1, Integer.MAX_VALUE));
            case "halt" -> new Fault.Halt(number("after", 1, 1, 1_000_000), number("for", 1, 1, 1_000_000));
            case "end" -> new Fault.End(number("after", 60, 1, 1_000_000));
            default -> frame();
        };
    }

    private Fault frame() throws InvalidPlanException {
        for (Frame.Trick trick : Frame.Trick.values()) {
            if (Fault.kebab(trick).equals(name)) {
                return new Frame(when(draw.trades()), trick);
            }
        }
        String tricks = Arrays.stream(Frame.Trick.values()).map(Fault::kebab).collect(Collectors.joining(", "));
        throw wrong(
                "there is no fault \"%s\"; there are drop, silent, half-open, mute, refuse, rotate, restart, server-shutdown, drip, burst, clock, rest, body, slow, lag, late-ids, blank, venue-holes, retention, halt, end, %s"
                        .formatted(name, tricks));
    }

    private Optional<Setting> take(String key) {
        Optional<Setting> setting = Optional.ofNullable(settings.remove(key));
        setting.ifPresent(found -> line = found.line());
        return setting;
    }

    private Schedule window(Progress after, Progress lasting) throws InvalidPlanException {
        Schedule when = when(after);
        return when.lasting().isPresent() ? when : when.lasting(lasting);
    }

    /** @param otherwise when it strikes first where the plan says neither {@code after} nor {@code every} */
    private Schedule when(Progress otherwise) throws InvalidPlanException {
        Optional<Progress> after = amount("after");
        Optional<Progress> every = amount("every");
        Schedule when = Schedule.after(after.or(() -> every).orElse(otherwise));
        int times = number("times", every.isPresent() ? Integer.MAX_VALUE : 1, 1, Integer.MAX_VALUE);
        when = every.isPresent() ? when.repeated(every.get(), times) : when.times(times);
        Optional<Progress> lasting = amount("for");
        when = lasting.isPresent() ? when.lasting(lasting.get()) : when;
        Optional<String> only = Stream.of("stream", "endpoint")
                .flatMap(key -> take(key).stream())
                .map(Setting::value)
                .findFirst();
        return only.isPresent() ? when.only(only.get()) : when;
    }

    private Optional<Progress> amount(String key) throws InvalidPlanException {
        Optional<Setting> setting = take(key);
        if (setting.isEmpty()) {
            return Optional.empty();
        }
        Matcher matcher = AMOUNT.matcher(setting.get().value());
        if (!matcher.matches() || !matcher.group(1).isEmpty()) {
            throw wrong(
                    "\"%s: %s\" is no amount; write for example 500ms, 2s, 1m, 500 trades, 10 requests or 3 connections"
                            .formatted(key, setting.get().value()));
        }
        long number = Long.parseLong(matcher.group(2));
        return Optional.of(
                switch (matcher.group(3).charAt(0)) {
                    case 't' -> Progress.trades(number);
                    case 'r' -> Progress.requests(number);
                    case 'c' -> Progress.connections(number);
                    default -> Progress.of(duration(number, matcher.group(3)));
                });
    }

    private static Duration duration(long number, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofMinutes(number);
        };
    }

    /** A time; one with a minus is for clocks. */
    private Duration time(String key, Duration otherwise) throws InvalidPlanException {
        Optional<Setting> setting = take(key);
        if (setting.isEmpty()) {
            return otherwise;
        }
        Matcher matcher = AMOUNT.matcher(setting.get().value());
        boolean negative = setting.get().value().startsWith("-");
        if (!matcher.matches()
                || "trc".indexOf(matcher.group(3).charAt(0)) >= 0
                || (negative && !name.equals("clock"))) {
            throw wrong("\"%s: %s\" is no time; write for example 500ms, 2s or 1m"
                    .formatted(key, setting.get().value()));
        }
        Duration time = duration(Long.parseLong(matcher.group(2)), matcher.group(3));
        return negative ? time.negated() : time;
    }

    /** A whole number; a unit behind it that says what is counted is welcome. */
    private int number(String key, int otherwise, int least, int most) throws InvalidPlanException {
        Optional<Setting> setting = take(key);
        if (setting.isEmpty()) {
            return otherwise;
        }
        Matcher matcher = Pattern.compile("([0-9]{1,9})( trades?| minutes?)?")
                .matcher(setting.get().value());
        if (!matcher.matches()
                || Integer.parseInt(matcher.group(1)) < least
                || Integer.parseInt(matcher.group(1)) > most) {
            throw wrong("\"%s: %s\" must be a whole number from %d to %d"
                    .formatted(key, setting.get().value(), least, most));
        }
        return Integer.parseInt(matcher.group(1));
    }

    private <E extends Enum<E>> E choice(String key, E[] choices, E otherwise) throws InvalidPlanException {
        Optional<Setting> setting = take(key);
        if (setting.isEmpty()) {
            return otherwise;
        }
        for (E choice : choices) {
            if (Fault.kebab(choice).equals(setting.get().value())) {
                return choice;
            }
        }
        throw wrong("\"%s: %s\" must be one of %s"
                .formatted(
                        key,
                        setting.get().value(),
                        Arrays.stream(choices).map(Fault::kebab).collect(Collectors.joining(", "))));
    }
}
