/** Reads a job's topics from the newest records on, and older ones on request. */
package dev.weir.dashboard.read;
