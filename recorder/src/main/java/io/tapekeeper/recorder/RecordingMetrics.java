package io.tapekeeper.recorder;

import io.tapekeeper.live.Metric;
import io.tapekeeper.live.Metric.Sample;
import io.tapekeeper.recorder.tape.TapeThread;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.venue.Feed;
import io.tapekeeper.venue.FeedCounts;
import io.tapekeeper.venue.Venue;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The table of what a recording counts. docs/metrics.md holds the same rows. */
record RecordingMetrics(List<MonitoredTape> tapes, TapeThread tape, Feed feed, Recorder recorder, Venue venue) {
    List<Metric> table() {
        return Stream.of(ofTapes(), ofFeed(), ofStore()).flatMap(List::stream).toList();
    }

    private List<Metric> ofTapes() {
        return List.of(
                tape(
                        "trades_total",
                        "Trades put on the tape.",
                        one -> one.pipeline().now().trades()),
                tape(
                        "duplicates_total",
                        "Trades that arrived again.",
                        one -> one.pipeline().now().duplicates()),
                tape(
                        "conflicts_total",
                        "Trades that arrived again with other content.",
                        one -> one.pipeline().now().conflicts()),
                tape("repaired_trades_total", "Trades that filled a gap, from REST or late.", MonitoredTape::repaired),
                tape(
                        "followed_trades_total",
                        "Trades that REST brought where no gap was known: after a connect or without a socket.",
                        MonitoredTape::followed));
    }

    private List<Metric> ofFeed() {
        return List.of(
                feed("feed_frames_total", "Messages that arrived.", FeedCounts::frames),
                feed("feed_malformed_total", "Messages that could not be read.", FeedCounts::malformed),
                feed("feed_reconnects_total", "Connections that came back.", FeedCounts::reconnects),
                feed("feed_stalls_total", "Sockets replaced because they kept trades back.", FeedCounts::stalls),
                feed(
                        "feed_rotations_total",
                        "Sockets replaced with an overlap, for any reason.",
                        FeedCounts::rotations),
                Metric.of(
                        "feed_by_rest",
                        "1 while a tape continues from REST because no socket is open, else 0.",
                        () -> tapes.stream().anyMatch(MonitoredTape::isByRest) ? 1 : 0),
                Metric.of("tape_queue", "Events waiting for the tape thread.", tape::queued),
                Metric.of("tape_waits_total", "Times a feed had to wait for the tape thread.", tape::waits));
    }

    private List<Metric> ofStore() {
        return List.of(
                Metric.of(
                        "commits_total",
                        "Transactions of the store.",
                        () -> recorder.stats().commits()),
                Metric.of(
                        "commit_seconds",
                        "Time that the last transaction took to commit.",
                        () -> recorder.stats().lastCommitNanos() / 1e9),
                Metric.of(
                        "rate_refusals_total",
                        "Answers that asked for fewer requests (HTTP 429).",
                        () -> venue.rate().refusals429()));
    }

    private Metric tape(String name, String help, ToDoubleFunction<MonitoredTape> value) {
        return new Metric(
                name,
                help,
                "symbol",
                () -> tapes.stream()
                        .map(one -> new Sample(one.pipeline().symbol(), value.applyAsDouble(one)))
                        .toList());
    }

    private Metric feed(String name, String help, ToDoubleFunction<FeedCounts> value) {
        return Metric.of(name, help, () -> value.applyAsDouble(feed.counts()));
    }
}
