package io.tapekeeper.app.terminal;

import io.tapekeeper.bar.Interval;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 1s}, {@code 5m}, {@code 1h}. */
public final class Intervals implements ITypeConverter<Interval> {
    @Override
    public Interval convert(String text) {
        try {
            return Interval.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
