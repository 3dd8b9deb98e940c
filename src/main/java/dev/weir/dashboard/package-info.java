/**
 * The live page's server: reads a job's topics ({@code read}), keeps a bounded view of them in
 * memory ({@code view}) and serves it over HTTP ({@code http}) to the page in {@code
 * src/main/resources/dashboard}. Topics and HTTP requests are untrusted alike.
 *
 * <p>Start at {@link dev.weir.dashboard.Dashboard}. May import {@code kafka}, {@code forecast} and
 * {@code model}, Kafka's clients, Jackson and Javalin; never Flink, the operators or the job. Only
 * {@code cli} imports it, and it is not part of the job jar.
 */
package dev.weir.dashboard;
