/**
 * The live page's server: reads a job's five topics, keeps a bounded view of them in memory and
 * serves it over HTTP, as JSON and server-sent events, to the page in {@code
 * src/main/resources/dashboard}.
 *
 * <p>Start at {@link dev.weir.dashboard.Dashboard}. What comes from the topics and what comes over
 * HTTP is foreign alike.
 *
 * <p>May import {@code kafka}, {@code forecast} and {@code model}, Kafka's clients, Jackson and
 * Javalin; never Flink, the operators or the job. Only {@code cli} imports it, and it is no part of
 * what runs in a job: Javalin is not in the job jar.
 */
package dev.weir.dashboard;
