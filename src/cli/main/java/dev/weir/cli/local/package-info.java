/**
 * Starts an embedded Kafka broker and an embedded Flink cluster, both bound to loopback, and
 * manages their temporary files.
 *
 * <p>Start at {@link dev.weir.cli.local.EmbeddedBroker} and {@link
 * dev.weir.cli.local.LocalCluster}. {@link dev.weir.cli.local.ReadOnlyRest} implements Flink's
 * {@code InboundChannelHandlerFactory}, which adds a Netty handler to Flink's REST server. The
 * handler rejects requests that change something.
 */
package dev.weir.cli.local;
