/**
 * Implements {@code weir doctor}, which checks a setup before a job starts, and {@code weir
 * status}, which shows the state of a running job.
 *
 * <p>Start at {@link dev.weir.cli.health.DoctorCommand} or {@link
 * dev.weir.cli.health.StatusCommand}. {@code JobChecks} lists all checks; {@code FlinkChecks}
 * contains those of a cluster, {@code TopicChecks}, {@code ModelChecks} and {@code ResultChecks}
 * those of topics. What they find goes to {@code Findings}.
 */
package dev.weir.cli.health;
