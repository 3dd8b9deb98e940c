/** {@code weir demo}: a job on an embedded broker and cluster, fed with sample series. */
package dev.weir.cli.demo;
