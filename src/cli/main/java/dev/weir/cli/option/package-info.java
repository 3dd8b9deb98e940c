/**
 * Contains the picocli options that several commands share: brokers, topics and registry.
 *
 * <p>Start at {@link dev.weir.cli.option.KafkaOptions}.
 */
package dev.weir.cli.option;
