/**
 * The frame of our serializers: layouts of values by one byte, and what a savepoint says of them.
 * Jobs and SQL keep their state in it, and neither sees the other. May import the JDK and Flink's
 * type serializers, nothing of ours.
 */
package dev.weir.state;
