/**
 * {@code weir evaluate} and {@code weir forecast}: known series from files, without Kafka, with the
 * job's own operators.
 */
package dev.weir.cli.evaluate;
