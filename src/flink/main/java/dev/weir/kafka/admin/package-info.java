/**
 * Connects to Kafka directly, whether a job runs or not. It creates and checks topics. It reads
 * offsets, ACLs, open transactions, models and dead letters.
 *
 * <p>Start at {@link dev.weir.kafka.admin.TopicAdmin}.
 */
package dev.weir.kafka.admin;
