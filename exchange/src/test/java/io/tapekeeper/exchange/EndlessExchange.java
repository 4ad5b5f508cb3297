package io.tapekeeper.exchange;

import io.tapekeeper.exchange.play.Speed;
import java.nio.file.Path;
import java.util.Optional;

/** A process of its own that can be killed: seed, speed, state folder; prints its port. */
final class EndlessExchange {
    private EndlessExchange() {}

    static ExchangeConfig config(long seed, Speed speed, Path folder) {
        return ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(seed, Optional.of(folder)))
                .withSpeed(speed)
                .withWeightPerMinute(Integer.MAX_VALUE);
    }

    public static void main(String[] arguments) throws Exception {
        Exchange exchange =
                Exchange.start(config(Long.parseLong(arguments[0]), Speed.parse(arguments[1]), Path.of(arguments[2])));
        System.out.println(exchange.port());
    }
}
