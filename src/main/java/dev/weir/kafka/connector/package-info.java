/** The job's sources and its sink, built on Flink's Kafka connector. */
package dev.weir.kafka.connector;
