-- Reads observations from a Kafka topic and writes forecasts to another. See docs/sql.md.
-- Run it:  bin/sql-client.sh -f jobs/forecast.sql
-- Needs in Flink's lib folder, or by ADD JAR: flink-sql-connector-kafka and flink-sql-avro.

ADD JAR 'target/weir-0.1.0-sql.jar';
LOAD MODULE weir;

SET 'pipeline.name' = 'weir-forecast-sql';

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
  'properties.group.id' = 'weir-sql',
  'scan.startup.mode' = 'earliest-offset',
  'scan.watermark.idle-timeout' = '10 s',
  'key.format' = 'raw',
  'key.fields' = 'series',
  'value.format' = 'avro',
  'value.fields-include' = 'ALL'
);

-- One record per step of each forecast.
CREATE TEMPORARY TABLE forecast_steps (
  series STRING NOT NULL,
  origin TIMESTAMP(3) NOT NULL,
  step INT,
  target_time TIMESTAMP(3),
  forecast_value DOUBLE,
  lower_bound DOUBLE,
  upper_bound DOUBLE,
  model STRING,
  model_version BIGINT,
  status STRING NOT NULL,
  error STRING
) WITH (
  'connector' = 'kafka',
  'properties.bootstrap.servers' = 'localhost:9092',
  'topic' = 'forecast-steps',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'weir-forecast-sql',
  'properties.transaction.timeout.ms' = '600000',
  'key.format' = 'raw',
  'key.fields' = 'series',
  'value.format' = 'avro',
  'value.fields-include' = 'ALL'
);

INSERT INTO forecast_steps
SELECT series, origin, step, target_time, forecast_value, lower_bound, upper_bound, model, model_version, status, error
FROM FORECAST(
  input => TABLE observations PARTITION BY series,
  on_time => DESCRIPTOR(`time`),
  value_column => 'value',
  horizon => 2,              -- values ahead
  in_order => TRUE,          -- forecast at once: each series is in order within its partition
  weights_path => 'builtin:window-many-to-one',   -- one more expert; optional
  uid => 'forecast',         -- the name of its state in a savepoint
  -- an unusable row gives a row with the reason
  refused_rows => TRUE);
