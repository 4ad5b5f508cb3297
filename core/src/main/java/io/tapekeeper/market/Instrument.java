package io.tapekeeper.market;

/**
 * What trades, and in which steps.
 *
 * @param venue where it trades, for example {@code binance}
 * @param symbol the venue's name for it, for example {@code BTCUSDT}
 * @param priceStep the tick size, in units of 1e-8; 0 where the venue names none
 * @param sizeStep the smallest change of a size, in units of 1e-8; 0 where the venue names none
 */
public record Instrument(String venue, String symbol, long priceStep, long sizeStep) {
    public Instrument {
        if (venue.isBlank() || symbol.isBlank()) {
            throw new IllegalArgumentException(
                    "an instrument needs a venue and a symbol: \"%s\", \"%s\"".formatted(venue, symbol));
        }
        if (priceStep < 0 || sizeStep < 0) {
            throw new IllegalArgumentException(
                    "steps of %s are negative: price %d, size %d".formatted(symbol, priceStep, sizeStep));
        }
    }

    /** Decimal places of a price: 2 for a tick size of 0.01. */
    public int pricePlaces() {
        return Decimals.places(priceStep);
    }

    /** Decimal places of a size. */
    public int sizePlaces() {
        return Decimals.places(sizeStep);
    }
}
