package org.apache.flink.python.util;

import org.apache.commons.cli.CommandLine;
import org.apache.flink.configuration.Configuration;

/**
 * Stands where Flink's distribution has flink-python, with its interpreter and all: the SQL client
 * asks this class, whenever it starts, for the options of Python, of which there are none here.
 */
public final class PythonDependencyUtils {

  private PythonDependencyUtils() {}

  public static Configuration parsePythonDependencyConfiguration(CommandLine commandLine) {
    return new Configuration();
  }
}
