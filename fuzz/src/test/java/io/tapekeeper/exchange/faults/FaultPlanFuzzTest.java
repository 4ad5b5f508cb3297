package io.tapekeeper.exchange.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.fuzz.FuzzedDecoder;
import java.util.List;

/** A fault plan is understood, or one sentence names the line that is not. */
class FaultPlanFuzzTest extends FuzzedDecoder {
    private static final String NAME = "plan.yaml";

    @Override
    protected boolean take(byte[] input) {
        try {
            FaultPlan plan = FaultPlanReader.parse(new String(input, UTF_8), NAME);
            plan.faults().forEach(fault -> assertFalse(fault.name().isBlank()));
            return true;
        } catch (InvalidPlanException refused) {
            assertTrue(refused.getMessage().startsWith(NAME + ", line "), refused.getMessage());
            return false;
        }
    }

    @Override
    protected List<byte[]> seeds() {
        return texts(
                "seed: 42\n",
                "faults:\n  - drop: {after: 500 trades}\n  - skip\n",
                """
                seed: 7
                faults:
                  - drop: {every: 2s, times: 3, how: reset}
                  - silent: {after: 1 trade, for: 500ms, stream: btcusdt@trade}
                  - refuse: {after: 2 connections, status: 451}
                  - rest: {every: 10 requests, status: 429, retry-after: 2s, endpoint: aggTrades}
                """,
                """
                faults:
                  - clock:
                      by: -2s
                      after: 1m
                  - body: {how: html}
                  - lag: {by: 200ms}
                  - late-ids: {one-in: 10, by: 1s}
                  - halt: {after: 2 minutes, for: 1}
                """,
                "faults: [half-open, mute, rotate: {every: 1h}, retention: {keep: 1000}]\n",
                "faults:\n- blank: {one-in: 50}\n- venue-holes:\n- restart: {for: !!str 3s}\n");
    }
}
