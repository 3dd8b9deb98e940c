/**
 * What the page knows: a bounded view of each series and of the job, in memory. Updated by the
 * readers, read by HTTP threads.
 */
package dev.weir.dashboard.view;
