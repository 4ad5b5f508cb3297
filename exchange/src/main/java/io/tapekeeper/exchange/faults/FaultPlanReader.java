package io.tapekeeper.exchange.faults;

import io.tapekeeper.exchange.faults.FaultSettings.Place;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;

/** Reads a plan from YAML; what it does not say is drawn from its seed. */
public final class FaultPlanReader {
    private static final Pattern SEED = Pattern.compile("-?[0-9]{1,18}");

    private final String origin;
    private final JsonParser yaml;
    private RandomFaults random = new RandomFaults(0);

    private FaultPlanReader(String origin, JsonParser yaml) {
        this.origin = origin;
        this.yaml = yaml;
    }

    /**
     * Reads a plan's file, or makes a {@linkplain FaultPlan#random random mixture} from a seed.
     *
     * @throws InvalidPlanException with file, line and remedy if the plan is wrong
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
                    "there is no fault plan %s: name a file that exists, or a seed such as 42".formatted(file), e);
        } catch (InvalidPlanException e) {
            throw e;
        } catch (IOException e) {
            throw new InvalidPlanException(
                    "the fault plan %s cannot be read: %s; check the file".formatted(file, e.getMessage()), e);
        }
    }

    /** @param origin what messages call the text */
    public static FaultPlan parse(String text, String origin) throws InvalidPlanException {
        try (Reader reader = new StringReader(text);
                JsonParser yaml = new YAMLFactory().createParser(ObjectReadContext.empty(), reader)) {
            return new FaultPlanReader(origin, yaml).plan();
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            String what = e.getOriginalMessage().lines().findFirst().orElse("it breaks off");
            throw new Place(origin, line).wrong("this is not YAML: " + what);
        } catch (IOException e) {
            throw e instanceof InvalidPlanException invalid
                    ? invalid
                    : new InvalidPlanException(origin + " cannot be read", e);
        }
    }

    private Place here() {
        return new Place(origin, yaml.currentTokenLocation().getLineNr());
    }

    private FaultPlan plan() throws InvalidPlanException {
        Optional<Long> seed = Optional.empty();
        Optional<List<Fault>> faults = Optional.empty();
        if (yaml.nextToken() != JsonToken.START_OBJECT) {
            throw new Place(origin, 1).wrong("a plan starts with \"seed: 42\" or \"faults:\"");
        }
        while (yaml.nextToken() != JsonToken.END_OBJECT) {
            Place place = here();
            String key = yaml.currentName();
            JsonToken value = yaml.nextToken();
            if (key.equals("seed") && value == JsonToken.VALUE_NUMBER_INT && faults.isEmpty()) {
                seed = Optional.of(yaml.getLongValue());
                random = new RandomFaults(seed.get());
            } else if (key.equals("faults") && value == JsonToken.START_ARRAY) {
                faults = Optional.of(list());
            } else {
                throw place.wrong(
                        "a plan has a \"seed:\", a whole number, and then \"faults:\", a list; not this \"%s\""
                                .formatted(key));
            }
        }
        if (faults.isEmpty()) {
            return FaultPlan.random(seed.orElse(0L));
        }
        return new FaultPlan(seed.orElse(0L), faults.get());
    }

    private List<Fault> list() throws InvalidPlanException {
        List<Fault> faults = new ArrayList<>();
        while (yaml.nextToken() != JsonToken.END_ARRAY) {
            faults.add(FaultKinds.read(settings()));
        }
        return faults;
    }

    /** A name alone, or a name with settings. */
    private FaultSettings settings() throws InvalidPlanException {
        Place place = here();
        if (yaml.currentToken() == JsonToken.VALUE_STRING) {
            return new FaultSettings(yaml.getString(), place, random);
        }
        if (yaml.currentToken() != JsonToken.START_OBJECT) {
            throw place.wrong("a fault is written as \"- drop: {after: 500 trades}\"");
        }
        yaml.nextToken();
        FaultSettings settings = new FaultSettings(String.valueOf(yaml.currentName()), place, random);
        JsonToken start = yaml.nextToken();
        if (start == JsonToken.START_OBJECT) {
            putAll(settings);
        } else if (start != JsonToken.VALUE_NULL) {
            throw place.wrong("settings of a fault are written as \"- drop: {after: 500 trades}\"");
        }
        if (yaml.nextToken() != JsonToken.END_OBJECT) {
            throw here().wrong("one fault at a time: start the next with \"- \"");
        }
        return settings;
    }

    private void putAll(FaultSettings settings) throws InvalidPlanException {
        while (yaml.nextToken() != JsonToken.END_OBJECT) {
            String key = yaml.currentName();
            JsonToken value = yaml.nextToken();
            if (!value.isScalarValue() || value == JsonToken.VALUE_NULL) {
                throw here().wrong("\"%s\" needs a plain value".formatted(key));
            }
            settings.put(key, yaml.getString(), here());
        }
    }
}
