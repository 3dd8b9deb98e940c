package dev.weir.bench;

import dev.weir.cli.Weir;

/** The command line with the benchmark, which the launcher starts for {@code weir bench}. */
public final class Lab {

  private Lab() {}

  public static void main(String[] args) {
    Weir.run(new BenchCommand(), args);
  }
}
