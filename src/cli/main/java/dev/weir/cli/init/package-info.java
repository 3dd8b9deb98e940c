/**
 * {@code weir init}: looks at the records of a topic and writes a job file for it.
 *
 * <p>Start at {@link dev.weir.cli.init.InitCommand}. {@link dev.weir.cli.init.RecordProfile} is
 * what the records hold, {@link dev.weir.cli.init.MappingGuess} what could be a series, a time and
 * a value.
 *
 * <p>Allowed imports: {@code cli.console}, {@code cli.option}, {@code cli.series}, {@code
 * forecast}, {@code job}, {@code job.options}, {@code option}, all packages of {@code kafka},
 * Jackson, the Kafka clients, picocli and the JDK.
 */
package dev.weir.cli.init;
