package dev.weir.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

/**
 * Does with a file what Flink's SQL client does with it, for a Flink whose client is not among the
 * build's jars: the same parser, planner and functions, in a process without a classpath of ours.
 * Prints the rows of each query as {@code Query N: row} while the statements after it run. With a
 * second argument, {@code first-row}, a query ends with its first row, before the next statement.
 */
public final class StatementFile {

  private static final Pattern SET = Pattern.compile("(?s)SET\\s+'(.*?)'\\s*=\\s*'(.*?)'");

  private StatementFile() {}

  private static int queries;

  public static void main(String[] args) throws Exception {
    Configuration configuration = GlobalConfiguration.loadConfiguration();
    configuration.setString("execution.target", "remote");
    TableEnvironment tables =
        TableEnvironment.create(
            EnvironmentSettings.newInstance().withConfiguration(configuration).build());
    boolean firstRow = args.length > 1 && args[1].equals("first-row");
    // as the client: a semicolon ends a statement where it ends a line, not before a comment
    for (String part : Files.readString(Path.of(args[0])).split(";[ \t]*(\n|$)")) {
      String statement = part.replaceAll("--[^\n]*", "");
      if (statement.isBlank()) {
        continue;
      }
      Matcher set = SET.matcher(statement.strip());
      if (set.matches()) {
        tables.getConfig().set(set.group(1), set.group(2));
        continue;
      }
      TableResult result = tables.executeSql(statement.strip());
      result.getJobClient().ifPresent(job -> System.out.println("Job ID: " + job.getJobID()));
      if (statement.strip().startsWith("SELECT")) {
        int query = ++queries;
        if (firstRow) {
          printFirst(query, result);
        } else {
          new Thread(() -> print(query, result)).start();
        }
      }
    }
  }

  private static void printFirst(int query, TableResult result) throws Exception {
    try (CloseableIterator<Row> rows = result.collect()) { // its end cancels the job
      System.out.printf("Query %d: %s%n", query, rows.next());
    }
    System.out.printf("Query %d ends%n", query);
  }

  private static void print(int query, TableResult result) {
    System.out.printf("Query %d starts%n", query);
    result.collect().forEachRemaining(row -> System.out.printf("Query %d: %s%n", query, row));
    System.out.printf("Query %d ends%n", query);
  }
}
