/**
 * Implements {@code weir doctor}, which checks a setup before a job starts, and {@code weir
 * status}, which shows the state of a running job.
 *
 * <p>Start at {@link dev.weir.cli.health.DoctorCommand} or {@link
 * dev.weir.cli.health.StatusCommand}. {@code Check} lists all checks, {@code FlinkRest} reads
 * Flink's REST API, {@code Look} a job's topics, and what checks find goes to {@code Findings}.
 */
package dev.weir.cli.health;
