package io.tapekeeper.dashboard;

import static io.tapekeeper.dashboard.Rows.BTC;
import static io.tapekeeper.dashboard.Rows.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.analyst.Preset;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LiveSeriesTest {
    private final LiveSeries live = new LiveSeries(BTC, SeriesInfo.live(BTC, Preset.CLASSIC), 3);

    private static Health liveHealth(long ageMillis) {
        return new Health(
                Health.State.LIVE,
                "",
                1,
                ageMillis,
                20,
                20,
                5,
                1,
                true,
                5_000,
                Completeness.WHOLE,
                -3);
    }

    @Test
    void anAgeGoesOnCountingBetweenTwoReports() {
        live.health(liveHealth(200));
        long now = System.nanoTime();
        long age = live.health(now + TimeUnit.SECONDS.toNanos(3)).lastTradeAgeMillis();
        assertTrue(age >= 3_199 && age < 4_000, "age " + age);
    }

    @Test
    void aRecorderThatReportsNothingIsStaleAfterFiveSeconds() {
        live.health(liveHealth(0));
        long now = System.nanoTime();
        assertEquals(Health.State.LIVE, live.health(now + TimeUnit.SECONDS.toNanos(4)).state());
        Health later = live.health(now + TimeUnit.SECONDS.toNanos(6));
        assertEquals(Health.State.STALE, later.state());
        assertEquals("the recorder has not reported for 6 s", later.reason());
    }

    @Test
    void aVenueThatIsDownStaysTheReasonWhateverTheSilence() {
        live.health(Health.only(Health.State.DISCONNECTED, "refused"));
        Health later = live.health(System.nanoTime() + TimeUnit.SECONDS.toNanos(60));
        assertEquals("refused", later.reason());
    }

    @Test
    void joiningOverRowsThatLeftTheRingNeedsTheStore() {
        for (long second = 1; second <= 5; second++) {
            live.row(row(second));
        }
        assertNull(live.join(1_000_000, 1_000_000, false)); // 2 is gone
        assertEquals(3, live.join(2_000_000, 2_000_000, false).rows().size()); // 3, 4, 5
        assertEquals(1, live.join(4_000_000, 4_000_000, false).rows().size());
        assertEquals(3, live.join(1_000_000, 1_000_000, true).rows().size());
    }

    @Test
    void aCursorThatTheRingHasPassedFellBehind() {
        long cursor = live.join(0, 0, false).cursor();
        for (long second = 1; second <= 3; second++) {
            live.row(row(second));
        }
        var events = new ArrayList<LiveSeries.Event>();
        assertEquals(3, live.drain(cursor, events));
        assertEquals(3, events.size());
        live.row(row(4));
        assertEquals(LiveSeries.FELL_BEHIND, live.drain(cursor, events));
    }

    @Test
    void aSeriesThatWasNeverAddedIsRefused() {
        LiveView view = new LiveView(3);
        assertThrows(IllegalArgumentException.class, () -> view.row(BTC, row(1)));
        view.addSeries(BTC, SeriesInfo.live(BTC, Preset.CLASSIC));
        assertThrows(
                IllegalArgumentException.class,
                () -> view.addSeries(BTC, SeriesInfo.live(BTC, Preset.CLASSIC)));
    }
}
