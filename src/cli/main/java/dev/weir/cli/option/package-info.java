/**
 * Contains the picocli options that several commands share: brokers, topics and registry.
 *
 * <p>Start at {@link dev.weir.cli.option.KafkaOptions}.
 *
 * <p>Allowed imports: {@code cli.console}, {@code kafka}, {@code kafka.admin}, {@code
 * kafka.mapping}, {@code kafka.wire}, {@code model}, {@code option}, all packages of {@code job},
 * the Kafka clients, picocli and the JDK.
 */
package dev.weir.cli.option;
