/**
 * Implements {@code weir demo}, which runs a job on an embedded broker and an embedded Flink
 * cluster and sends sample series to it.
 *
 * <p>Start at {@link dev.weir.cli.demo.DemoCommand}.
 *
 * <p>Allowed imports: {@code classify}, {@code cli.console}, {@code cli.local}, {@code cli.option},
 * {@code cli.dashboard}, {@code cli.series}, {@code dashboard}, {@code dashboard.view}, {@code
 * forecast}, {@code job}, {@code kafka}, {@code kafka.admin}, {@code kafka.codec}, {@code
 * kafka.connector}, {@code kafka.wire}, {@code model}, Flink, the Kafka clients, picocli and the
 * JDK.
 */
package dev.weir.cli.demo;
