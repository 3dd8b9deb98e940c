/**
 * Connects to Kafka without a running job: creates and checks topics, reads offsets, ACLs and open
 * transactions, and reads the model topic and the dead-letter topic.
 *
 * <p>Start at {@link dev.weir.kafka.admin.TopicAdmin}.
 *
 * <p>Allowed imports: {@code forecast}, {@code kafka}, {@code kafka.codec}, {@code
 * kafka.connector}, {@code kafka.wire}, {@code model}, the Kafka clients and the JDK.
 */
package dev.weir.kafka.admin;
