package io.tapekeeper.live;

import static io.tapekeeper.dashboard.Rows.BTC;
import static io.tapekeeper.dashboard.Rows.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.Latency;
import io.tapekeeper.series.Preset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LiveSeriesTest {
    private final LiveSeries live = new LiveSeries(BTC, SeriesInfo.live(BTC, Preset.CLASSIC), 3, System::nanoTime);

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
                -3,
                new Latency(40, 200));
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
        assertEquals(
                Health.State.LIVE,
                live.health(now + TimeUnit.SECONDS.toNanos(4)).state());
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
    void aCorrectionReplacesAllRowsFromItsBeginningAndTheirAlerts() {
        LiveSeries series = new LiveSeries(BTC, SeriesInfo.live(BTC, Preset.CLASSIC), 5, System::nanoTime);
        for (long second : new long[] {1, 2, 5, 6}) {
            series.row(row(second, "100"));
        }
        Alert before = new Alert(ClassicRules.Z_HIGH, 2_000_000, 3_000_000, 3.5, 3, "of the bar before");
        Alert withdrawn = new Alert(ClassicRules.Z_LOW, 6_000_000, Alert.OPEN, -3.5, -3, "wrong");
        Alert found = new Alert(ClassicRules.Z_HIGH, 4_000_000, 5_000_000, 3.5, 3, "new");
        series.alert(before);
        series.alert(withdrawn);
        series.correct(
                2_000_000,
                List.of(row(2, "105"), row(3, "105"), row(4, "105"), row(5, "105"), row(6, "105")),
                List.of(found),
                null);
        series.announceCorrection(2_000_000);
        assertEquals(List.of(row(2, "105"), row(3, "105"), row(4, "105"), row(5, "105"), row(6, "105")), series.rows());
        assertEquals(List.of(before, found), series.alerts());
        assertEquals(series.rows(), series.join(1_000_000, 1_000_000, false).rows());
    }

    @Test
    void rowsOlderThanTheCorrectedOnesThatWereToldComeFromTheStore() {
        for (long second = 1; second <= 3; second++) {
            live.row(row(second, "100"));
        }
        live.correct(1_000_000, List.of(row(3, "105")), List.of(), null);
        live.announceCorrection(1_000_000);
        assertEquals(List.of(row(3, "105")), live.rows());
        assertNull(live.join(0, 0, false)); // 1 and 2 are only there
        assertEquals(1, live.join(2_000_000, 2_000_000, false).rows().size());
    }

    @Test
    void aSeriesThatWasNeverAddedIsRefused() {
        LiveView view = new LiveView(3, System::nanoTime);
        assertThrows(IllegalArgumentException.class, () -> view.row(BTC, row(1)));
        view.addSeries(BTC, SeriesInfo.live(BTC, Preset.CLASSIC));
        assertThrows(IllegalArgumentException.class, () -> view.addSeries(BTC, SeriesInfo.live(BTC, Preset.CLASSIC)));
    }
}
