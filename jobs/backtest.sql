-- A rolling backtest: scores FORECAST on the history of a topic, by step ahead. See docs/sql.md.
-- Each forecast is joined with the value that followed. Ends with the topic's last value.
-- Run it:  bin/sql-client.sh -f jobs/backtest.sql
-- Needs in Flink's lib folder, or by ADD JAR: flink-sql-connector-kafka and flink-sql-avro.

ADD JAR 'target/weir-0.1.0-sql.jar';
LOAD MODULE weir;

SET 'pipeline.name' = 'weir-backtest-sql';
SET 'sql-client.execution.result-mode' = 'tableau';

CREATE TEMPORARY TABLE observations (
  series STRING NOT NULL,
  `time` TIMESTAMP(3) NOT NULL,
  `value` DOUBLE NOT NULL,
  features ARRAY<DOUBLE NOT NULL> NOT NULL,
  WATERMARK FOR `time` AS `time` - INTERVAL '10' SECOND
) WITH (
  'connector' = 'kafka',
  'properties.bootstrap.servers' = 'localhost:9092',
  'topic' = 'observations',
  'scan.startup.mode' = 'earliest-offset',
  'scan.bounded.mode' = 'latest-offset',
  'key.format' = 'raw',
  'key.fields' = 'series',
  'value.format' = 'avro',
  'value.fields-include' = 'ALL'
);

CREATE TEMPORARY VIEW made AS
SELECT *
FROM FORECAST(
  input => TABLE observations PARTITION BY series,
  on_time => DESCRIPTOR(`time`),
  value_column => 'value',
  horizon => 24,                   -- values ahead, at each value
  season => 24,
  level => 80,                     -- percent inside lower_bound and upper_bound
  sampling_interval => 'PT1H');

CREATE TEMPORARY VIEW arrived AS
SELECT series, `time`, CAST(`time` AS TIMESTAMP(3)) AS at_time, `value`,
  LAG(`value`, 24) OVER (PARTITION BY series ORDER BY `time`) AS day_before   -- the naive forecast of MASE
FROM observations;

CREATE TEMPORARY VIEW met AS
SELECT a.series, a.`time`, a.`value`, a.day_before, f.step, f.forecast_value, f.lower_bound, f.upper_bound
FROM arrived a JOIN made f ON a.series = f.series AND a.at_time = f.target_time
  AND a.`time` BETWEEN f.rowtime AND f.rowtime + INTERVAL '24' HOUR           -- the horizon bounds the join's state
WHERE f.status = 'OK';

SELECT window_start, step, COUNT(*) AS forecasts,
  MASE(`value`, forecast_value, day_before) AS mase,
  SMAPE(`value`, forecast_value) AS smape,
  COVERAGE(`value`, lower_bound, upper_bound) AS coverage
FROM TABLE(TUMBLE(TABLE met, DESCRIPTOR(`time`), INTERVAL '28' DAY))
GROUP BY window_start, window_end, step;
