/**
 * {@code weir init}: looks at the records of a topic and writes a job file for it.
 *
 * <p>Start at {@link dev.weir.cli.init.InitCommand}. {@link dev.weir.cli.init.RecordProfile} is
 * what the records hold, {@link dev.weir.cli.init.MappingGuess} what could be a series, a time and
 * a value.
 */
package dev.weir.cli.init;
