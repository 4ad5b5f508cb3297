package io.tapekeeper.feature;

import java.util.List;
import java.util.function.Supplier;

/**
 * The catalogue of features: everything that keeps or shows a feature goes through it, so a new one is a class that
 * computes it and a line here.
 *
 * <p>The order is that of the columns in SQL and of the fields in JSON; new ones go to the end. A column of a new
 * feature needs a migration of the store.
 */
public enum Feature {
    /** p / p₋₁ − 1. */
    RETURN("return", "ret", "return", Unit.FRACTION, Csv.FIRST, Rolled.FARTHEST),
    /** ln(p / p₋₁). */
    LOG_RETURN("log_return", "", "log return", Unit.FRACTION, Csv.SECOND, Rolled.NOT),
    /** Sample deviation of the last n returns. */
    VOLATILITY("volatility", "vol", "volatility", Unit.PER_BAR, Csv.FIRST, Rolled.HIGHEST),
    /** The same for a year of 365 days. */
    VOLATILITY_ANNUAL("volatility_annual", "annual", "annual volatility", Unit.PER_YEAR, Csv.SECOND, Rolled.NOT),
    /** Mean of the last m volatilities. */
    BASELINE("baseline", "base", "baseline", Unit.PER_BAR, Csv.SECOND, Rolled.HIGHEST),
    /** (p − mean) / sample deviation of the last n closes. */
    ZSCORE("zscore", "z", "z-score", Unit.DEVIATIONS, Csv.FIRST, Rolled.FARTHEST),
    /** Volatility in which old returns fade, with a half-life of 60 bars. */
    EWMA_VOLATILITY(
            "ewma_volatility",
            "ewma",
            "EWMA volatility",
            Unit.PER_BAR,
            Csv.LAST,
            Rolled.HIGHEST,
            () -> new EwmaVolatility(60));

    /** What a value counts. The page draws features of one unit in one pane. */
    public enum Unit {
        /** Of the price before: 0.01 is one percent. */
        FRACTION("fraction"),
        /** Deviation of the return from one bar to the next. */
        PER_BAR("per bar"),
        /** Deviation of the return over a year. */
        PER_YEAR("per year"),
        /** Distance in sample deviations. */
        DEVIATIONS("deviations");

        private final String label;

        Unit(String label) {
            this.label = label;
        }

        /** As APIs print it. */
        public String label() {
            return label;
        }
    }

    /** Where a feature stands in a line of CSV. Readers count columns, so what has a place keeps it. */
    public enum Csv {
        /** After the price, also in what {@code analyze} prints. */
        FIRST,
        /** In the middle of an exported row; {@code analyze} does not print it. */
        SECOND,
        /** After all columns of earlier versions, also in what {@code analyze} prints. */
        LAST
    }

    /** What rows of a longer interval keep of it, and which of that a page with one line shows. */
    public enum Rolled {
        /** Nothing. */
        NOT("none"),
        /** Lowest and highest; the highest is what stands out, for it is never negative. */
        HIGHEST("highest"),
        /** Lowest and highest; the one that is farther from zero is what stands out. */
        FARTHEST("farthest");

        private final String label;

        Rolled(String label) {
            this.label = label;
        }

        /** As APIs print it. */
        public String label() {
            return label;
        }
    }

    private static final List<Feature> ALL = List.of(values());

    private final String column;
    private final String key;
    private final String title;
    private final Unit unit;
    private final Csv csv;
    private final Rolled rolled;

    @SuppressWarnings("ImmutableEnumChecker") // makes an object each time and keeps nothing
    private final Supplier<CloseFeature> computation; // null = one of ClassicFeatures

    Feature(String column, String key, String title, Unit unit, Csv csv, Rolled rolled) {
        this(column, key, title, unit, csv, rolled, null);
    }

    Feature(
            String column,
            String key,
            String title,
            Unit unit,
            Csv csv,
            Rolled rolled,
            Supplier<CloseFeature> computation) {
        this.column = column;
        this.key = key;
        this.title = title;
        this.unit = unit;
        this.csv = csv;
        this.rolled = rolled;
        this.computation = computation;
    }

    /** The whole catalogue, in its order. */
    public static List<Feature> all() {
        return ALL;
    }

    /** Those at one place of a line of CSV, in the order of the catalogue. */
    public static List<Feature> at(Csv place) {
        return ALL.stream().filter(feature -> feature.csv == place).toList();
    }

    /** Those that rows of a longer interval keep. */
    public static List<Feature> allRolled() {
        return ALL.stream().filter(feature -> feature.rolled != Rolled.NOT).toList();
    }

    /** Those that the API gives. */
    public static List<Feature> allShown() {
        return ALL.stream().filter(feature -> !feature.key.isEmpty()).toList();
    }

    /** Those beside the classic ones, which {@link ClassicFeatures} computes: the last of the catalogue. */
    public static List<Feature> allFurther() {
        return ALL.stream().filter(feature -> feature.computation != null).toList();
    }

    /** Those that {@link ClassicFeatures} computes: the first of the catalogue. */
    public static List<Feature> allClassic() {
        return ALL.stream().filter(feature -> feature.computation == null).toList();
    }

    /** The columns of these features, as a header of CSV names them. */
    public static List<String> columns(List<Feature> features) {
        return features.stream().map(Feature::column).toList();
    }

    /** Its place in the catalogue, from 0; within one run of the program, for arrays of values. */
    @SuppressWarnings("EnumOrdinal") // nothing stores it
    public int place() {
        return ordinal();
    }

    /** Its column in the store and in CSV. */
    public String column() {
        return column;
    }

    /** Its field in JSON; empty where the API does not give it. */
    public String key() {
        return key;
    }

    /** A new computation of it, before the first close; only of {@linkplain #allFurther further} features. */
    CloseFeature computation() {
        return computation.get();
    }

    /** For people. */
    public String title() {
        return title;
    }

    public Unit unit() {
        return unit;
    }

    public Rolled rolled() {
        return rolled;
    }
}
