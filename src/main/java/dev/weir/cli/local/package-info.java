/**
 * An embedded broker and an embedded Flink cluster, bound to loopback, with their temporary files.
 */
package dev.weir.cli.local;
