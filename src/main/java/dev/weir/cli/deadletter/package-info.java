/** {@code weir dead-letters}: lists, shows and replays dead letters. */
package dev.weir.cli.deadletter;
