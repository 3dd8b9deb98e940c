/**
 * Contains the picocli options that several commands share: brokers, topics and registry.
 *
 * <p>Start at {@link dev.weir.cli.option.KafkaOptions}.
 *
 * <p>Allowed imports: all packages of {@code job}, {@code kafka}, {@code kafka.admin}, {@code
 * kafka.mapping}, {@code option}, the Kafka clients, picocli and the JDK.
 */
package dev.weir.cli.option;
