package org.apache.flink.python.util;

import org.apache.commons.cli.CommandLine;
import org.apache.flink.configuration.Configuration;

/**
 * Replaces the class of flink-python: Flink's SQL client asks it at each start for the options of
 * Python, and here gets none.
 */
public final class PythonDependencyUtils {

  private PythonDependencyUtils() {}

  public static Configuration parsePythonDependencyConfiguration(CommandLine commandLine) {
    return new Configuration();
  }
}
