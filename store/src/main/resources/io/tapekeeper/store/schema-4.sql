-- The first and the last id that a tape reaches, moved in the transaction that adds trades or
-- forgets them: ids between them that are not there were lost, or are in table gap. NULL until the
-- first trade.
ALTER TABLE tape ADD COLUMN first_id INTEGER;
ALTER TABLE tape ADD COLUMN last_id INTEGER;

-- Two look-ups a tape. A checkpoint never knew a trade that was not stored.
UPDATE tape SET
    first_id = (SELECT min(id) FROM trade WHERE trade.tape = tape.id),
    last_id = (SELECT max(id) FROM trade WHERE trade.tape = tape.id);

UPDATE tape SET last_id = max(
    last_id,
    ifnull(
        (SELECT max(last_trade_id) FROM checkpoint
         WHERE series IN (SELECT series.id FROM series WHERE series.tape = tape.id)),
        last_id));

-- The count follows the table, whichever program deletes. The recorder itself counts what it
-- inserts, once a transaction: a trigger would cost each trade.
CREATE TRIGGER trade_deleted AFTER DELETE ON trade BEGIN
    UPDATE tape SET trades = trades - 1 WHERE id = OLD.tape;
END;
