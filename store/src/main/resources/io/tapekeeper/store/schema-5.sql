-- Series whose rows lack features that a later version added. The recorder computes them from the
-- closes, beside the recording, and notes how far it is.
CREATE TABLE uncomputed (
    series INTEGER PRIMARY KEY REFERENCES series,
    start  INTEGER, -- rows before it have them; NULL = none has
    state  BLOB     -- of these features before that row; NULL where start is
) STRICT;

-- Where a series begins since its older trades were deleted: the state before the first trade that
-- is kept, so that what follows can be computed again. What has no bounded window needs it.
CREATE TABLE beginning (
    series         INTEGER PRIMARY KEY REFERENCES series,
    last_trade_id  INTEGER NOT NULL, -- the last trade that was deleted
    last_bar_start INTEGER NOT NULL, -- of the last bar that had closed; rows after it are kept
    state          BLOB    NOT NULL,
    further        BLOB    NOT NULL  -- the part of the state that rows are filled from
) STRICT;
