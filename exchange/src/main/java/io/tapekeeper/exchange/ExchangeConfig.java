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
 * @param host address to bind, 127.0.0.1 unless others shall reach it
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
        /** Recordings, one or several; each starts with the first subscription. */
        record Capture(List<Path> files) implements Source {}

        /**
         * An endless market made from a seed.
         *
         * @param stateFolder where it is kept so that it goes on after a restart; without one it begins anew at the
         *     current second
         * @param takenUpTo set where the market has one owner: up to this tape time, in microseconds since the epoch,
         *     the owner has every trade. The market then waits for the first subscriber, and plays again what is later,
         *     up to a minute of it, so that nothing is lost however the two ended
         */
        record Synthetic(long seed, Optional<Path> stateFolder, OptionalLong takenUpTo) implements Source {
            /** A market that goes on whether anybody listens or not. */
            public Synthetic(long seed, Optional<Path> stateFolder) {
                this(seed, stateFolder, OptionalLong.empty());
            }
        }
    }

    /** On any free local port, at the speed of the tape, with the real exchange's limits. */
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
