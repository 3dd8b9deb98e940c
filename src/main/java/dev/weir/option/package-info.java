/**
 * Options: what one is ({@link dev.weir.option.Option}), and the declarations that the job file,
 * SQL and the command line share. Part of the SQL jar. May import {@code forecast}, {@code model},
 * {@code rnn}, the JDK and Flink's parser of durations, but nothing of Kafka.
 */
package dev.weir.option;
