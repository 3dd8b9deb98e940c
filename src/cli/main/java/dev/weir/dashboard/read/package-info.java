/**
 * Reads a job's topics for the live page. It starts with the newest records and then follows the
 * topics. On request, it reads the older records of one series.
 *
 * <p>Start at {@link dev.weir.dashboard.read.TopicReader}; {@link
 * dev.weir.dashboard.read.HistoryLoader} reads the older records.
 */
package dev.weir.dashboard.read;
