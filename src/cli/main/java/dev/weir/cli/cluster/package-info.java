/**
 * Asks a Flink cluster, for the commands that watch or change its jobs.
 *
 * <p>Start at {@link dev.weir.cli.cluster.FlinkRest}, which reads Flink's REST API. {@link
 * dev.weir.cli.cluster.ClusterFailure} shortens what a cluster says when it fails.
 */
package dev.weir.cli.cluster;
