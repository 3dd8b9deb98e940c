/**
 * Implements {@code weir dead-letters}, which lists, shows and replays dead letters.
 *
 * <p>Start at {@link dev.weir.cli.deadletter.DeadLettersCommand}.
 *
 * <p>Allowed imports: {@code cli.console}, {@code cli.option}, {@code forecast}, {@code kafka},
 * {@code kafka.admin}, {@code kafka.codec}, {@code kafka.mapping}, {@code kafka.registry}, {@code
 * kafka.wire}, Jackson, picocli and the JDK.
 */
package dev.weir.cli.deadletter;
