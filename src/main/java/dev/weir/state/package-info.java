/**
 * How state is serialized: the base class of our versioned serializers, and the serializers of what
 * both the job and SQL keep of a series. May import {@code dev.weir.forecast}, the JDK and Flink's
 * type serializers.
 */
package dev.weir.state;
