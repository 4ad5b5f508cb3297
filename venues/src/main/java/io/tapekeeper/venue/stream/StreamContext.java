package io.tapekeeper.venue.stream;

import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.NewestIdSource;
import io.tapekeeper.venue.limit.ConnectBudget;
import io.tapekeeper.venue.net.SocketLoop;
import java.util.concurrent.CountDownLatch;

/**
 * What the sessions of one feed share.
 *
 * @param closing counted down when the feed closes
 */
record StreamContext(
        StreamPlan plan,
        ConnectionSettings settings,
        ConnectBudget budget,
        NewestIdSource newest,
        SocketLoop network,
        FeedHub hub,
        CountDownLatch closing) {}
