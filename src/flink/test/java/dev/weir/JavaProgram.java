package dev.weir;

import dev.weir.Documents.Piece;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A program that a document prints, compiled as it is printed, on the class path of the tests. */
public final class JavaProgram {

  private static final Pattern NAME = Pattern.compile("public class (\\w+)");

  private final String name;
  private final Path folder;

  private JavaProgram(String name, Path folder) {
    this.name = name;
    this.folder = folder;
  }

  /**
   * Compiles a program; fails with what the compiler says.
   *
   * @param folder where the classes go
   */
  public static JavaProgram compile(Piece block, Path folder) {
    Matcher matcher = NAME.matcher(block.text());
    if (!matcher.find()) {
      throw new AssertionError("expected a public class, got " + block);
    }
    String name = matcher.group(1);
    JavaFileObject source =
        new SimpleJavaFileObject(
            URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return block.text();
          }
        };
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    List<String> options =
        List.of(
            "-Xlint:all,-classfile,-path,-processing",
            "-Werror",
            "-proc:none",
            "-d",
            folder.toString(),
            "-classpath",
            System.getProperty("java.class.path"));
    boolean compiled = compiler.getTask(said, null, null, options, null, List.of(source)).call();
    if (!compiled) {
      throw new AssertionError("%s:%d: %s".formatted(block.file(), block.line(), said));
    }
    return new JavaProgram(name, folder);
  }

  /** Its class, loaded again: nothing static is left of an earlier run. */
  public Class<?> load() throws IOException, ReflectiveOperationException {
    URL[] classes = {folder.toUri().toURL()};
    return new URLClassLoader(classes, JavaProgram.class.getClassLoader()).loadClass(name);
  }

  /** Runs its main method; returns what it prints. */
  public String run(String... arguments) throws IOException, ReflectiveOperationException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      load().getMethod("main", String[].class).invoke(null, (Object) arguments);
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }
}
