/**
 * Topics seen from outside a job: creating and checking them, offsets, rights, open transactions,
 * and readers of the model and dead-letter topics.
 */
package dev.weir.kafka.admin;
