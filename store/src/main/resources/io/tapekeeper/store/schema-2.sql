-- A gap is open while a repair should still try to fill it.
ALTER TABLE gap ADD COLUMN closed INTEGER; -- our clock, NULL while it is open
ALTER TABLE gap ADD COLUMN repaired_by TEXT; -- what filled it, NULL where it cannot be filled

CREATE INDEX open_gap ON gap (tape, first_id) WHERE closed IS NULL;
