package io.tapekeeper.exchange;

import io.tapekeeper.exchange.faults.FaultPlan;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.exchange.socket.SocketRules;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an {@link Exchange} plays, how fast, and where it listens.
 *
 * @param host address to bind; 127.0.0.1 unless other machines are to reach it
 * @param port 0 for any free one
 * @param weightPerMinute REST request weight that one client may use in a minute
 * @param faults what goes wrong on purpose
 */
public record ExchangeConfig(
        String host,
        int port,
        Source source,
        Speed speed,
        int weightPerMinute,
        SocketRules socketRules,
        FaultPlan faults) {
    /** What is played. */
    public sealed interface Source {
        /** One or more recordings; they start with the first subscription. */
        record Capture(List<Path> files) implements Source {}

        /**
         * An endless market made from a seed.
         *
         * @param stateFolder where to keep the market so that it continues after a restart; without one it begins again
         *     at the current second
         * @param takenUpTo set when the market has one owner: the tape time, in microseconds since the epoch, up to
         *     which the owner has every trade. The market then waits for the first subscriber and replays later trades,
         *     up to a minute of them, so that nothing is lost however the two processes ended
         */
        record Synthetic(long seed, Optional<Path> stateFolder, OptionalLong takenUpTo) implements Source {
            /** A market that runs with or without subscribers. */
            public Synthetic(long seed, Optional<Path> stateFolder) {
                this(seed, stateFolder, OptionalLong.empty());
            }
        }
    }

    /** On any free local port, in real time, with the real exchange's limits and no faults. */
    public static ExchangeConfig of(Source source) {
        return new ExchangeConfig("127.0.0.1", 0, source, Speed.REAL_TIME, 6_000, SocketRules.REAL, FaultPlan.NONE);
    }

    public ExchangeConfig withHost(String other) {
        return new ExchangeConfig(other, port, source, speed, weightPerMinute, socketRules, faults);
    }

    public ExchangeConfig withPort(int other) {
        return new ExchangeConfig(host, other, source, speed, weightPerMinute, socketRules, faults);
    }

    public ExchangeConfig withSpeed(Speed other) {
        return new ExchangeConfig(host, port, source, other, weightPerMinute, socketRules, faults);
    }

    public ExchangeConfig withWeightPerMinute(int other) {
        return new ExchangeConfig(host, port, source, speed, other, socketRules, faults);
    }

    public ExchangeConfig withSocketRules(SocketRules other) {
        return new ExchangeConfig(host, port, source, speed, weightPerMinute, other, faults);
    }

    public ExchangeConfig withFaults(FaultPlan other) {
        return new ExchangeConfig(host, port, source, speed, weightPerMinute, socketRules, other);
    }
}
