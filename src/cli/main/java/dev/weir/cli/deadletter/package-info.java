/**
 * Implements {@code weir dead-letters}, which lists, shows and replays dead letters.
 *
 * <p>Start at {@link dev.weir.cli.deadletter.DeadLettersCommand}.
 */
package dev.weir.cli.deadletter;
