-- Rows of longer intervals, for ranges that hold too many rows to read: always a function of the
-- rows of bar and feature. An interval is stored once it has ended.
CREATE TABLE rollup (
    series           INTEGER NOT NULL REFERENCES series,
    interval         INTEGER NOT NULL, -- microseconds: 10, 60, 600, ... times that of the series
    start            INTEGER NOT NULL,
    open             INTEGER NOT NULL,
    high             INTEGER NOT NULL,
    low              INTEGER NOT NULL,
    close            INTEGER NOT NULL,
    volume           TEXT    NOT NULL,
    quote_volume     TEXT    NOT NULL,
    taker_buy_volume TEXT    NOT NULL,
    trades           INTEGER NOT NULL,
    carried          INTEGER NOT NULL,
    return_low       REAL, -- lowest of its rows
    return_high      REAL, -- highest of its rows
    volatility_low   REAL,
    volatility_high  REAL,
    baseline_low     REAL,
    baseline_high    REAL,
    zscore_low       REAL,
    zscore_high      REAL,
    signal           INTEGER NOT NULL, -- of the last row
    rules            INTEGER NOT NULL, -- of all rows
    complete         INTEGER NOT NULL, -- 1 = all rows are there and complete
    bar_complete     INTEGER NOT NULL, -- 1 = all bars are
    PRIMARY KEY (series, interval, start)
) STRICT, WITHOUT ROWID;

-- Rows before this start are still to be rolled up; NULL = none. Only what was recorded before this
-- version: reading all of it may take minutes, which no start should wait for.
ALTER TABLE series ADD COLUMN unrolled INTEGER;

UPDATE series SET unrolled =
    (SELECT (max(start) / (10 * series.interval) + 1) * 10 * series.interval
     FROM feature WHERE feature.series = series.id);

-- What is to be added to the times of a tape's trades: the time of its first trade, so that they
-- take six bytes instead of eight for four years to either side. 0 for older tapes: trades are
-- never rewritten. NULL until the first trade comes.
ALTER TABLE tape ADD COLUMN time_base INTEGER;

UPDATE tape SET time_base = 0;
