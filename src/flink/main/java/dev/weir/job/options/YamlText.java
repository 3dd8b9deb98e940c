package dev.weir.job.options;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads YAML that people write. It has no aliases: a few bytes of them make any number of nodes.
 */
public final class YamlText {

  private static final class WithoutAliases extends ParserImpl {
    private final String name;

    WithoutAliases(String text, String name, LoaderOptions options) {
      super(new StreamReader(text), options);
      this.name = name;
    }

    @Override
    public Event getEvent() {
      Event event = super.getEvent();
      if (event instanceof AliasEvent alias) {
        throw new JobFileException(
            "%s line %d: expected no aliases, got *%s"
                .formatted(name, alias.getStartMark().getLine() + 1, alias.getAnchor()));
      }
      return event;
    }
  }

  private YamlText() {}

  /**
   * The root of a text; null for an empty one. No node is another's twice.
   *
   * @param name what messages call the text
   * @throws JobFileException for the first thing that is wrong, with its line
   */
  public static Node root(String text, String name) {
    try {
      LoaderOptions options = new LoaderOptions();
      return new Composer(new WithoutAliases(text, name, options), new Resolver(), options)
          .getSingleNode();
    } catch (MarkedYAMLException e) {
      String line = e.getProblemMark() == null ? "" : " line " + (e.getProblemMark().getLine() + 1);
      throw new JobFileException(
          "%s%s: expected YAML, got: %s".formatted(name, line, e.getProblem()));
    } catch (YAMLException e) {
      String firstLine = e.getMessage().lines().findFirst().orElse("unreadable text");
      throw new JobFileException("%s: expected YAML, got: %s".formatted(name, firstLine));
    }
  }
}
