/**
 * The command line: {@link dev.weir.cli.Weir} and the commands that have no package of their own.
 * Results go to standard output, progress and logs to standard error. Exit code 0: done, 1: the
 * work failed, 2: wrong usage. To add a command, write a picocli class here and list it in {@link
 * dev.weir.cli.Weir}.
 *
 * <p>May import every other package; nothing imports it.
 */
package dev.weir.cli;
