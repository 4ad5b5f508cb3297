package io.tapekeeper.exchange.faults;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The settings of one fault in a plan. Each is taken once; those left at the end are not settings of the fault. */
final class FaultSettings {
    private static final Pattern PROGRESS =
            Pattern.compile("(-?)([0-9]{1,9}) ?(ms|s|m|h|trades?|requests?|connections?|minutes?)");
    private static final Pattern NUMBER = Pattern.compile("([0-9]{1,9})( trades?| minutes?)?");

    /** A place in a plan. */
    record Place(String origin, int line) {
        InvalidPlanException wrong(String what) {
            return new InvalidPlanException("%s, line %d: %s".formatted(origin, line, what));
        }
    }

    private record Setting(String value, Place place) {}

    private final String name;
    private final Place place;
    private final RandomFaults random;
    private final Map<String, Setting> settings = new LinkedHashMap<>();

    /** @param random draws what the plan does not say */
    FaultSettings(String name, Place place, RandomFaults random) {
        this.name = name;
        this.place = place;
        this.random = random;
    }

    void put(String key, String value, Place where) {
        settings.put(key, new Setting(value, where));
    }

    String name() {
        return name;
    }

    Place place() {
        return place;
    }

    RandomFaults random() {
        return random;
    }

    private Optional<Setting> take(String key) {
        return Optional.ofNullable(settings.remove(key));
    }

    /** @throws InvalidPlanException if a setting has not been taken */
    void checkAllTaken() throws InvalidPlanException {
        for (var left : settings.entrySet()) {
            throw left.getValue()
                    .place()
                    .wrong("\"%s\" takes no \"%s\"; see docs/faulty-exchange.md for what it takes"
                            .formatted(name, left.getKey()));
        }
    }

    /** A schedule whose strikes last; for {@code lasting}, unless the plan says how long. */
    Schedule window(Progress after, Progress lasting) throws InvalidPlanException {
        Schedule when = when(after);
        return when.lasting().isPresent() ? when : when.lasting(lasting);
    }

    /** @param otherwise the first strike, if the plan says neither {@code after} nor {@code every} */
    Schedule when(Progress otherwise) throws InvalidPlanException {
        Optional<Progress> after = progress("after");
        Optional<Progress> every = progress("every");
        int times = number("times", every.isPresent() ? Integer.MAX_VALUE : 1, 1, Integer.MAX_VALUE);
        Optional<Progress> lasting = progress("for");
        Optional<String> only = Stream.of("stream", "endpoint")
                .flatMap(key -> take(key).stream())
                .map(Setting::value)
                .findFirst();
        return new Schedule(after.or(() -> every).orElse(otherwise), every, lasting, times, only);
    }

    private Optional<Progress> progress(String key) throws InvalidPlanException {
        Optional<Setting> setting = take(key);
        if (setting.isEmpty()) {
            return Optional.empty();
        }
        Matcher matcher = PROGRESS.matcher(setting.get().value());
        if (!matcher.matches() || !matcher.group(1).isEmpty()) {
            throw wrong(
                    key,
                    setting.get(),
                    "is not an amount; write for example 500ms, 2s, 1m, 500 trades, 10 requests or 3 connections");
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

    /** A time; only a clock's may be negative. */
    Duration time(String key, Duration otherwise) throws InvalidPlanException {
        Optional<Setting> setting = take(key);
        if (setting.isEmpty()) {
            return otherwise;
        }
        Matcher matcher = PROGRESS.matcher(setting.get().value());
        boolean negative = setting.get().value().startsWith("-");
        if (!matcher.matches()
                || "trc".indexOf(matcher.group(3).charAt(0)) >= 0
                || (negative && !name.equals("clock"))) {
            throw wrong(key, setting.get(), "is not a time; write for example 500ms, 2s or 1m");
        }
        Duration time = duration(Long.parseLong(matcher.group(2)), matcher.group(3));
        return negative ? time.negated() : time;
    }

    /** A whole number; it may be followed by a unit that says what is counted. */
    int number(String key, int otherwise, int least, int most) throws InvalidPlanException {
        Optional<Setting> setting = take(key);
        if (setting.isEmpty()) {
            return otherwise;
        }
        Matcher matcher = NUMBER.matcher(setting.get().value());
        int number = matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
        if (number < least || number > most) {
            throw wrong(key, setting.get(), "must be a whole number from %d to %d".formatted(least, most));
        }
        return number;
    }

    <E extends Enum<E>> E choice(String key, E[] choices, E otherwise) throws InvalidPlanException {
        Optional<Setting> setting = take(key);
        if (setting.isEmpty()) {
            return otherwise;
        }
        for (E choice : choices) {
            if (Fault.kebab(choice).equals(setting.get().value())) {
                return choice;
            }
        }
        String names = Arrays.stream(choices).map(Fault::kebab).collect(Collectors.joining(", "));
        throw wrong(key, setting.get(), "must be one of " + names);
    }

    private static InvalidPlanException wrong(String key, Setting setting, String what) {
        return setting.place().wrong("\"%s: %s\" %s".formatted(key, setting.value(), what));
    }
}
