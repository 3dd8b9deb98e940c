/**
 * Connects to Kafka directly, whether a job runs or not. It creates and checks topics. It reads
 * offsets, ACLs, open transactions, models and dead letters.
 *
 * <p>Start at {@link dev.weir.kafka.admin.TopicAdmin}.
 *
 * <p>Allowed imports: {@code forecast}, {@code kafka}, {@code kafka.codec}, {@code
 * kafka.connector}, {@code kafka.wire}, {@code model}, the Kafka clients and the JDK.
 */
package dev.weir.kafka.admin;
