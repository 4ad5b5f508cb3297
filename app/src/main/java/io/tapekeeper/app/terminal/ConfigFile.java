package io.tapekeeper.app.terminal;

import io.tapekeeper.venue.Suggestions;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;

/**
 * A YAML file of settings. Its keys are the long options without their dashes, so that a setting has one name
 * everywhere; an option on the command line overrides the file.
 */
public final class ConfigFile implements IDefaultValueProvider {
    /** Read where it exists and no other is named. */
    public static final Path DEFAULT = Path.of("tapekeeper.yaml");

    /** A value and where it stands. */
    private record Setting(String value, int line) {}

    private final Path file;
    private final Map<String, Setting> settings = new LinkedHashMap<>();

    private ConfigFile(Path file) {
        this.file = file;
    }

    /** Without a file: no settings. */
    public static ConfigFile none() {
        return new ConfigFile(DEFAULT);
    }

    /**
     * @param known the keys that some command understands
     * @throws CommandFailure with file, line and the nearest key where something is wrong with it
     */
    public static ConfigFile read(Path file, Collection<String> known) {
        ConfigFile config = new ConfigFile(file);
        try (Reader reader = Files.newBufferedReader(file);
                JsonParser yaml = new YAMLFactory().createParser(ObjectReadContext.empty(), reader)) {
            config.readSettings(yaml, known);
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw config.wrong(
                    line,
                    "this is not YAML: "
                            + e.getOriginalMessage().lines().findFirst().orElse("it breaks off"));
        } catch (NoSuchFileException e) {
            throw CommandFailure.outside("the configuration file " + file + " does not exist: name one that does", e);
        } catch (IOException e) {
            throw CommandFailure.outside("the configuration file " + file + " cannot be read: " + e.getMessage(), e);
        }
        return config;
    }

    private void readSettings(JsonParser yaml, Collection<String> known) {
        JsonToken first = yaml.nextToken();
        if (first == null) {
            return; // empty, or nothing but comments
        }
        if (first != JsonToken.START_OBJECT) {
            throw wrong(line(yaml), "settings are lines such as \"port: 8080\"");
        }
        while (yaml.nextToken() != JsonToken.END_OBJECT) {
            String key = yaml.currentName();
            int line = line(yaml);
            if (!known.contains(key)) {
                throw wrong(
                        line,
                        "there is no setting \"%s\"; the nearest is \"%s\""
                                .formatted(key, Suggestions.nearest(key, known)));
            }
            if (settings.containsKey(key)) {
                throw wrong(line, "\"" + key + "\" is set twice; keep one");
            }
            settings.put(key, new Setting(value(yaml, key), line));
        }
    }

    private String value(JsonParser yaml, String key) {
        JsonToken token = yaml.nextToken();
        if (token == JsonToken.START_ARRAY) {
            List<String> items = new ArrayList<>();
            while (yaml.nextToken() != JsonToken.END_ARRAY) {
                items.add(scalar(yaml, key));
            }
            return String.join(",", items);
        }
        return scalar(yaml, key);
    }

    private String scalar(JsonParser yaml, String key) {
        JsonToken token = yaml.currentToken(); // null after a list that YAML itself cannot end
        if (token == null || !token.isScalarValue() || token == JsonToken.VALUE_NULL) {
            throw wrong(line(yaml), "\"" + key + "\" needs a plain value or a list of them");
        }
        return yaml.getString();
    }

    private static int line(JsonParser yaml) {
        return yaml.currentTokenLocation().getLineNr();
    }

    private CommandFailure wrong(int line, String what) {
        return CommandFailure.usage("%s, line %d: %s".formatted(file, line, what));
    }

    @Override
    public String defaultValue(ArgSpec argument) {
        Setting setting = setting(argument);
        return setting == null ? null : setting.value();
    }

    /** Where the value of an argument came from, such as {@code tapekeeper.yaml, line 3}. */
    public String origin(ArgSpec argument) {
        Setting setting = setting(argument);
        return setting == null ? null : "%s, line %d".formatted(file, setting.line());
    }

    private Setting setting(ArgSpec argument) {
        return argument instanceof OptionSpec option ? settings.get(key(option)) : null;
    }

    /** The key of an option: its long name without the dashes in front. */
    public static String key(OptionSpec option) {
        return option.longestName().replaceFirst("^--", "");
    }
}
