/** {@code weir dashboard}: starts the live page. */
package dev.weir.cli.page;
