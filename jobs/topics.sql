-- Weir's topics as tables of Flink SQL: plain Avro, the key is the series. See docs/sql.md.

CREATE TABLE observations (
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

CREATE TABLE forecasts (
  series STRING NOT NULL,
  origin TIMESTAMP(3) NOT NULL,
  window_start TIMESTAMP(3) NOT NULL,
  seq_len INT NOT NULL,
  mode STRING NOT NULL,
  steps ARRAY<ROW<
    `time` TIMESTAMP(3),
    `value` DOUBLE NOT NULL,
    mean DOUBLE NOT NULL,
    `lower` DOUBLE,
    `upper` DOUBLE,
    intervals ARRAY<ROW<level DOUBLE NOT NULL, `lower` DOUBLE NOT NULL, `upper` DOUBLE NOT NULL> NOT NULL> NOT NULL
  > NOT NULL> NOT NULL,
  level DOUBLE,
  model STRING NOT NULL,
  model_version BIGINT NOT NULL,
  learning_steps BIGINT NOT NULL,
  status STRING NOT NULL,
  covariates_missing INT NOT NULL,
  explanation ARRAY<ROW<name STRING NOT NULL, amount DOUBLE NOT NULL> NOT NULL>,
  WATERMARK FOR origin AS origin - INTERVAL '10' SECOND
) WITH (
  'connector' = 'kafka',
  'properties.bootstrap.servers' = 'localhost:9092',
  'topic' = 'forecasts',
  'properties.group.id' = 'weir-sql',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'key.format' = 'raw',
  'key.fields' = 'series',
  'value.format' = 'avro',
  'value.fields-include' = 'ALL'
);

CREATE TABLE scores (
  series STRING NOT NULL,
  `time` TIMESTAMP(3) NOT NULL,
  mode STRING NOT NULL,
  `value` DOUBLE NOT NULL,
  scored BIGINT NOT NULL,
  errors ARRAY<DOUBLE NOT NULL> NOT NULL,
  mae DOUBLE NOT NULL,
  mase DOUBLE,
  level DOUBLE,
  coverage DOUBLE,
  methods ARRAY<ROW<
    name STRING NOT NULL,
    mae DOUBLE NOT NULL,
    share DOUBLE NOT NULL
  > NOT NULL> NOT NULL,
  distribution_score ROW<
    scored BIGINT NOT NULL,
    steps ARRAY<INT NOT NULL> NOT NULL,
    crps DOUBLE NOT NULL,
    crps_by_step ARRAY<DOUBLE NOT NULL> NOT NULL,
    quantiles ARRAY<ROW<quantile DOUBLE NOT NULL, loss DOUBLE NOT NULL, loss_by_step ARRAY<DOUBLE NOT NULL> NOT NULL> NOT NULL> NOT NULL,
    intervals ARRAY<ROW<level DOUBLE NOT NULL, score DOUBLE NOT NULL, score_by_step ARRAY<DOUBLE NOT NULL> NOT NULL> NOT NULL> NOT NULL
  >
) WITH (
  'connector' = 'kafka',
  'properties.bootstrap.servers' = 'localhost:9092',
  'topic' = 'scores',
  'properties.group.id' = 'weir-sql',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'key.format' = 'raw',
  'key.fields' = 'series',
  'value.format' = 'avro',
  'value.fields-include' = 'ALL'
);

CREATE TABLE alarms (
  series STRING NOT NULL,
  id STRING NOT NULL,
  event STRING NOT NULL,
  `time` TIMESTAMP(3) NOT NULL,
  `start` TIMESTAMP(3) NOT NULL,
  `end` TIMESTAMP(3) NOT NULL,
  duration_millis BIGINT NOT NULL,
  `values` BIGINT NOT NULL,
  reason STRING NOT NULL,
  severity STRING NOT NULL,
  surprise DOUBLE NOT NULL,
  worst_time TIMESTAMP(3) NOT NULL,
  worst_value DOUBLE NOT NULL,
  expected DOUBLE,
  error DOUBLE,
  newest ARRAY<ROW<`time` TIMESTAMP(3) NOT NULL, `value` DOUBLE NOT NULL> NOT NULL> NOT NULL,
  model STRING NOT NULL,
  model_version BIGINT NOT NULL,
  threshold ROW<
    `limit` DOUBLE NOT NULL,
    direction STRING NOT NULL,
    `within` INT NOT NULL,
    probability DOUBLE NOT NULL,
    crossing_time TIMESTAMP(3),
    outcome STRING
  >,
  WATERMARK FOR `time` AS `time` - INTERVAL '10' SECOND
) WITH (
  'connector' = 'kafka',
  'properties.bootstrap.servers' = 'localhost:9092',
  'topic' = 'weir-many-to-one.alarms', -- the job's name before it
  'properties.group.id' = 'weir-sql',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'scan.watermark.idle-timeout' = '10 s',
  'key.format' = 'raw',
  'key.fields' = 'series',
  'value.format' = 'avro',
  'value.fields-include' = 'ALL'
);
