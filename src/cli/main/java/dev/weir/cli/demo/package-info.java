/**
 * Implements {@code weir demo}, which runs a job on an embedded broker and an embedded Flink
 * cluster and sends sample series to it.
 *
 * <p>Start at {@link dev.weir.cli.demo.DemoCommand}.
 */
package dev.weir.cli.demo;
