-- Volatility with a half-life of 60 bars. Earlier rows get it beside the recording.
ALTER TABLE feature ADD COLUMN ewma_volatility REAL;
ALTER TABLE rollup ADD COLUMN ewma_volatility_low REAL;
ALTER TABLE rollup ADD COLUMN ewma_volatility_high REAL;

INSERT OR REPLACE INTO uncomputed (series)
SELECT id FROM series WHERE EXISTS (SELECT 1 FROM feature WHERE feature.series = series.id);
