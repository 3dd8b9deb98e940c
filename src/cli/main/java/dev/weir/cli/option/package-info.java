/**
 * Contains the picocli options that several commands share: brokers, topics and registry.
 *
 * <p>Start at {@link dev.weir.cli.option.KafkaOptions}.
 *
 * <p>Allowed imports: {@code cli.console}, all packages of {@code job}, {@code kafka}, {@code
 * kafka.admin}, {@code kafka.mapping}, {@code model}, {@code option}, the Kafka clients, picocli
 * and the JDK.
 */
package dev.weir.cli.option;
