-- Prices, sizes and steps: units of 1e-8. Times: microseconds since the epoch. Flags: 0 or 1.
-- Sums of sizes and of price times size: exact decimal text. Statistics: REAL, no value = NULL.
-- References are named, not enforced: the one writer looks every key up before it uses it.

CREATE TABLE tape (
    id         INTEGER PRIMARY KEY,
    venue      TEXT    NOT NULL,
    symbol     TEXT    NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('aggregate', 'raw', 'poll')),
    simulated  INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    price_step INTEGER NOT NULL DEFAULT 0, -- tick size, 0 = not known
    size_step  INTEGER NOT NULL DEFAULT 0,
    trades     INTEGER NOT NULL DEFAULT 0, -- rows in trade, counted in the transaction that adds them
    UNIQUE (venue, symbol, kind, simulated)
) STRICT;

CREATE TABLE series (
    id       INTEGER PRIMARY KEY,
    tape     INTEGER NOT NULL REFERENCES tape,
    preset   TEXT    NOT NULL,
    interval INTEGER NOT NULL, -- microseconds
    UNIQUE (tape, preset, interval)
) STRICT;

CREATE TABLE trade (
    tape     INTEGER NOT NULL REFERENCES tape,
    id       INTEGER NOT NULL, -- the venue's number
    price    INTEGER NOT NULL,
    size     INTEGER NOT NULL,
    time     INTEGER NOT NULL, -- the venue's clock
    received INTEGER NOT NULL, -- our clock, as an offset from time: three bytes in place of eight
    side     INTEGER NOT NULL, -- of the aggressor: 1 = buy, 0 = sell
    raw      INTEGER NOT NULL, -- raw trades that it stands for
    PRIMARY KEY (tape, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE bar (
    tape             INTEGER NOT NULL REFERENCES tape,
    interval         INTEGER NOT NULL, -- microseconds
    start            INTEGER NOT NULL,
    open             INTEGER NOT NULL,
    high             INTEGER NOT NULL,
    low              INTEGER NOT NULL,
    close            INTEGER NOT NULL,
    volume           TEXT    NOT NULL, -- base currency
    quote_volume     TEXT    NOT NULL, -- quote currency
    taker_buy_volume TEXT    NOT NULL, -- base currency
    trades           INTEGER NOT NULL, -- raw trades
    complete         INTEGER NOT NULL,
    carried          INTEGER NOT NULL,
    revision         INTEGER NOT NULL DEFAULT 0, -- how often its content was corrected
    PRIMARY KEY (tape, interval, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE feature (
    series            INTEGER NOT NULL REFERENCES series,
    start             INTEGER NOT NULL, -- of its bar
    return            REAL,
    log_return        REAL,
    volatility        REAL,
    volatility_annual REAL,
    baseline          REAL,
    zscore            REAL,
    signal            INTEGER NOT NULL, -- position: 1 = buy, -1 = sell, 0 = neutral
    rules             INTEGER NOT NULL, -- sum of: 1 = z-high, 2 = z-low, 4 = volatility-spike
    complete          INTEGER NOT NULL,
    revision          INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (series, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE alert (
    series    INTEGER NOT NULL REFERENCES series,
    opened    INTEGER NOT NULL, -- end of the bar that opened it
    rule      TEXT    NOT NULL,
    severity  TEXT    NOT NULL,
    closed    INTEGER,          -- NULL while it is open
    value     REAL,
    threshold REAL,
    reason    TEXT    NOT NULL,
    withdrawn INTEGER NOT NULL DEFAULT 0, -- 1 = the corrected tape does not give it
    PRIMARY KEY (series, opened, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE signal (
    series    INTEGER NOT NULL REFERENCES series,
    time      INTEGER NOT NULL, -- end of the bar that changed it
    model     TEXT    NOT NULL,
    signal    INTEGER NOT NULL, -- position: 1 = buy, -1 = sell, 0 = neutral
    price     INTEGER NOT NULL,
    zscore    REAL,
    withdrawn INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (series, time)
) STRICT, WITHOUT ROWID;

CREATE TABLE gap (
    tape     INTEGER NOT NULL REFERENCES tape,
    first_id INTEGER NOT NULL, -- missing from here
    last_id  INTEGER NOT NULL, -- to here, both included
    before   INTEGER NOT NULL, -- time of the trade before it
    after    INTEGER NOT NULL, -- time of the trade after it
    cause    TEXT    NOT NULL,
    opened   INTEGER NOT NULL, -- when it was reported, our clock
    PRIMARY KEY (tape, first_id, last_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    id     INTEGER PRIMARY KEY,
    tape   INTEGER NOT NULL REFERENCES tape,
    time   INTEGER NOT NULL, -- our clock
    event  TEXT    NOT NULL,
    detail TEXT    NOT NULL
) STRICT;

CREATE TABLE checkpoint (
    id             INTEGER PRIMARY KEY, -- the highest of a series is the newest
    series         INTEGER NOT NULL REFERENCES series,
    last_trade_id  INTEGER NOT NULL,
    last_bar_start INTEGER NOT NULL,
    state          BLOB    NOT NULL
) STRICT;

CREATE INDEX checkpoint_by_series ON checkpoint (series, id);
