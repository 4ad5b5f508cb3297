package io.tapekeeper.venue.stream;

import io.tapekeeper.market.Instrument;
import java.net.URI;
import java.util.List;

/**
 * What one socket of a stream carries.
 *
 * @param number from 0 on
 * @param path with the query, as every host of the venue understands it; it is the subscription
 */
public record StreamPart(int number, String path, List<Instrument> instruments) {
    public URI at(URI host) {
        return URI.create(host + path);
    }
}
