/** Series in CSV files: reading, sample data, and sending them to a topic. */
package dev.weir.cli.series;
