package dev.weir.kafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;

/**
 * Properties of Kafka's clients that name their secrets instead of holding them: {@code
 * ${env:NAME}}, {@code ${file:/path:key}}, {@code ${directory:/path:file}}, in the words of Kafka's
 * own config providers (KIP-297, KIP-421). Each client looks them up by itself, on the machine on
 * which it runs, so that what is sent to a cluster holds the name alone.
 */
public final class ClientProperties {

  /** How secrets are named, for messages. */
  public static final String REFERENCES = "${env:NAME} or ${file:/path:key}";

  /** The property that limits how long clients wait for brokers, and what it is without. */
  public static final String TIMEOUT = CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG;

  public static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String HIDDEN = "[hidden]"; // as Kafka writes it

  private static final Map<String, Class<?>> PROVIDERS =
      Map.of(
          "env", EnvVarConfigProvider.class,
          "file", FileConfigProvider.class,
          "directory", DirectoryConfigProvider.class);

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}:]+):[^}]*}");

  private static final Pattern SECRET_NAME =
      Pattern.compile(
          "(?i).*(passw|passphrase|passcode|pwd|secret|token|jaas|credential|user.?info"
              + "|(api|private|access|account|auth).?key).*|(.*[._-])?pass");

  /** Says in one word where credentials are. */
  private static final String NO_SECRET = ".credentials.source";

  /**
   * A secret option within a text: of a JAAS entry, or of a command line that a shell took apart.
   */
  private static final Pattern SECRET_OPTION =
      Pattern.compile(
          "(?i)([\\w.-]*(?:password|passwd|passphrase|passcode|pwd|secret|token|api.?key|user\\.info"
              + "|\\bpass\\b)[\\w.-]*\\s*=\\s*)"
              + "(\"(?:\\\\.|[^\"\\\\])*\"?|'(?:\\\\.|[^'\\\\])*'?|[^\\s;,'\"]+)");

  /** A word of a message, which may be a URL or an address with a user in it. */
  private static final Pattern WORD = Pattern.compile("[^\\s'\"]+");

  /** The text before an '@' in a URL's path or query, which is not a user. */
  private static final Pattern HOST_AND_PATH =
      Pattern.compile("(?s)(\\[[^]]*]|[^:/?#@]*)(:[0-9]{1,5})?[/?#].*");

  /** Before the parameters of a config provider, whose name may be any word. */
  private static final String PROVIDER_PARAMETER = ".param.";

  /**
   * Kafka calls them passwords, so that they are not logged; they are open to anyone all the same.
   */
  private static final Set<String> CERTIFICATES =
      Set.of(
          SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG,
          SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG);

  /** What Flink's connector reads from among the properties, without any provider. */
  private static final Set<String> OF_FLINK =
      Set.of(
          "partition.discovery.interval.ms",
          "client.id.prefix",
          "register.consumer.metrics",
          "register.producer.metrics",
          "commit.offsets.on.checkpoint");

  private static final List<Map<String, ConfigDef.ConfigKey>> KNOWN =
      List.of(
          ConsumerConfig.configDef().configKeys(),
          ProducerConfig.configDef().configKeys(),
          AdminClientConfig.configDef().configKeys());

  private ClientProperties() {}

  /** The same properties, with the providers that they refer to and do not set up themselves. */
  public static Map<String, String> withProviders(Map<String, String> properties) {
    Map<String, String> all = new LinkedHashMap<>(properties);
    for (String provider : new TreeMap<>(PROVIDERS).keySet()) {
      String named = all.getOrDefault(AbstractConfig.CONFIG_PROVIDERS_CONFIG, "");
      boolean used = properties.values().stream().anyMatch(value -> refersTo(provider, value));
      if (used && !List.of(named.split("\\s*,\\s*")).contains(provider)) {
        all.put(
            AbstractConfig.CONFIG_PROVIDERS_CONFIG,
            named.isEmpty() ? provider : named + "," + provider);
        all.put(
            AbstractConfig.CONFIG_PROVIDERS_CONFIG + "." + provider + ".class",
            PROVIDERS.get(provider).getName());
      }
    }
    return all;
  }

  private static boolean refersTo(String provider, String value) {
    return REFERENCE.matcher(value).results().anyMatch(r -> r.group(1).equals(provider));
  }

  /** The properties of a file, unchanged. */
  public static Map<String, String> read(Path file) throws IOException {
    Properties read = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      read.load(reader);
    } catch (IllegalArgumentException e) { // an escape without its digits
      throw new IOException(file + ": expected key=value lines of Java properties", e);
    }
    Map<String, String> all = new TreeMap<>();
    read.forEach((key, value) -> all.put((String) key, (String) value));
    return all;
  }

  /**
   * The properties of a file as references into it, so that its secrets stay there. What Kafka
   * knows and does not call a password is taken as it is.
   *
   * @param file its path must be the same on each machine that a client runs on
   * @throws IllegalArgumentException when its path or a value can't be referred to
   */
  public static Map<String, String> referTo(Path file) throws IOException {
    String path = file.toAbsolutePath().normalize().toString();
    if (path.contains(":") || path.contains("}")) {
      throw new IllegalArgumentException("expected a path without ':' and '}', got " + path);
    }
    Map<String, String> all = new LinkedHashMap<>();
    read(file)
        .forEach(
            (key, value) -> {
              boolean open = // Kafka looks nothing up for its config providers, nor Flink
                  key.startsWith(AbstractConfig.CONFIG_PROVIDERS_CONFIG)
                      || isKnown(key) && !isSecret(key) && !hasUser(value)
                      || OF_FLINK.contains(key);
              boolean named = REFERENCE.matcher(value).find();
              if (named && holdsSecret(key, value)) { // what is looked up is not looked up again
                throw new IllegalArgumentException(
                    "%s, %s: expected each secret in plain text, or none, got both (not shown)"
                        .formatted(path, key));
              }
              all.put(key, open || named ? value : "${file:%s:%s}".formatted(path, key));
            });
    return all;
  }

  private static boolean isKnown(String key) {
    return key.startsWith(AbstractConfig.CONFIG_PROVIDERS_CONFIG)
        || KNOWN.stream().anyMatch(keys -> keys.containsKey(key));
  }

  /** Whether the value of this property is nobody else's business. */
  static boolean isSecret(String key) {
    for (Map<String, ConfigDef.ConfigKey> keys : KNOWN) {
      if (keys.containsKey(key)) {
        return keys.get(key).type() == ConfigDef.Type.PASSWORD && !CERTIFICATES.contains(key);
      }
    }
    String name = key;
    if (key.startsWith(AbstractConfig.CONFIG_PROVIDERS_CONFIG)) {
      int parameter = key.indexOf(PROVIDER_PARAMETER);
      name = parameter < 0 ? "" : key.substring(parameter + PROVIDER_PARAMETER.length());
    }
    return !name.endsWith(NO_SECRET) && SECRET_NAME.matcher(name).matches();
  }

  /** Whether this is a secret in plain text: by its name, or as the user in a URL. */
  public static boolean holdsSecret(String key, String value) {
    if (value.isBlank() || isReference(value)) {
      return false;
    }
    if (!isSecret(key)) {
      return hasUser(value)
          || value.contains("://") && hasPlainOption(value)
          || key.equals(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG) && value.contains("@");
    }
    return !key.endsWith(SaslConfigs.SASL_JAAS_CONFIG) || hasPlainOption(value);
  }

  private static boolean hasPlainOption(String value) {
    return SECRET_OPTION.matcher(value).results().anyMatch(ClientProperties::isPlain);
  }

  /**
   * Whether a URL, or one of several joined by commas, has a user in plain text before its host.
   */
  private static boolean hasUser(String value) {
    return hasUserInOne(value)
        || Arrays.stream(value.split("[,\\s]+")).anyMatch(ClientProperties::hasUserInOne);
  }

  private static boolean hasUserInOne(String url) {
    int scheme = url.indexOf("://");
    int at = url.lastIndexOf('@');
    if (scheme < 0 || at < scheme) {
      return false;
    }
    String user = url.substring(scheme + 3, at);
    String plain = REFERENCE.matcher(user).replaceAll(""); // "name:" is left of name:${env:PW}
    boolean named = plain.length() < user.length() && (plain.isEmpty() || plain.endsWith(":"));
    return !named && !HOST_AND_PATH.matcher(user).matches();
  }

  private static boolean isPlain(MatchResult option) {
    String value = option.group(2).replaceAll("^[\"']|[\"']$", "");
    return !isReference(value) && !value.equals("...");
  }

  private static boolean isReference(String value) {
    return REFERENCE.matcher(value.trim()).matches();
  }

  /** The text without the values of what look like passwords in it, or users before a host. */
  public static String masked(String text) {
    String withoutUsers =
        WORD.matcher(text).replaceAll(word -> Matcher.quoteReplacement(withoutUser(word.group())));
    return SECRET_OPTION
        .matcher(withoutUsers)
        .replaceAll(
            option ->
                Matcher.quoteReplacement(
                    isPlain(option) ? option.group(1) + HIDDEN : option.group()));
  }

  /**
   * One value, a URL or an address, without a user and a password before its host. Hides too much
   * rather than too little, in time that grows with its length.
   */
  public static String withoutUser(String value) {
    int at = value.lastIndexOf('@');
    int scheme = value.indexOf("://");
    int colon = value.indexOf(':');
    if (at < 0 || colon < 0 || colon > at) {
      return value;
    }
    int user = scheme >= 0 && scheme < at ? scheme + 3 : value.lastIndexOf('=', colon) + 1;
    return value.substring(0, user) + HIDDEN + value.substring(at);
  }

  static Map<String, String> masked(Map<String, String> properties) {
    Map<String, String> masked = new TreeMap<>(properties);
    masked.replaceAll((key, value) -> holdsSecret(key, value) ? HIDDEN : value);
    return masked;
  }

  /**
   * Looks all references up once, on this machine, so that a missing one is named before anything
   * starts: Kafka would send its name to the brokers for a password. Then waits until a broker
   * answers, and sees whether it wants TLS where the properties have none. Before all that, whether
   * the addresses are some.
   *
   * @throws IllegalStateException naming the property, never its value, or the addresses
   */
  public static void check(String bootstrapServers, Map<String, String> properties) {
    BrokerAddresses.check(bootstrapServers);
    properties.forEach((key, value) -> checkReferences(properties, key, value));
    ListenerCheck.check(bootstrapServers, properties);
  }

  private static void checkReferences(Map<String, String> properties, String key, String value) {
    String found = REFERENCE.matcher(value).find() ? lookUp(properties, key, value) : value;
    if (key.equals(SaslConfigs.SASL_JAAS_CONFIG)) {
      checkJaas(key, found);
    } else if (isKnown(key) && !isSecret(key) && hasUser(found)) {
      throw new IllegalStateException(
          key
              + ": expected a URL without user and password, since Kafka's clients write it to"
              + " their logs, got one with (not shown); such as sasl.jaas.config is for them");
    }
  }

  /**
   * The same properties with what their references refer to on this machine, without providers.
   *
   * @throws IllegalStateException naming a property whose value is not there
   */
  public static Map<String, String> resolved(Map<String, String> properties) {
    Map<String, String> found = new LinkedHashMap<>();
    properties.forEach(
        (key, value) -> {
          if (!key.startsWith(AbstractConfig.CONFIG_PROVIDERS_CONFIG)) {
            found.put(
                key, REFERENCE.matcher(value).find() ? lookUp(properties, key, value) : value);
          }
        });
    return found;
  }

  private static String lookUp(Map<String, String> properties, String key, String value) {
    Map<String, String> one = new LinkedHashMap<>(properties);
    one.keySet().removeIf(k -> !k.startsWith(AbstractConfig.CONFIG_PROVIDERS_CONFIG));
    List<String> providers =
        List.of(one.getOrDefault(AbstractConfig.CONFIG_PROVIDERS_CONFIG, "").split("\\s*,\\s*"));
    Matcher references = REFERENCE.matcher(value);
    while (references.find()) { // one by one, so that the one that is missing can be named
      if (!providers.contains(references.group(1))) {
        continue; // not for a provider: part of the value
      }
      one.put(key, references.group());
      String what = "%s: expected a value for %s".formatted(key, references.group());
      try {
        if (one.get(key).equals(resolvedByKafka(one).get(key))) {
          throw new IllegalStateException(
              what + " on this machine, found none; set it before the start");
        }
      } catch (ConfigException e) { // names the file or the provider
        throw new IllegalStateException(what + ", got: " + e.getMessage(), e);
      }
    }
    one.put(key, value);
    return (String) resolvedByKafka(one).get(key);
  }

  private static Map<String, Object> resolvedByKafka(Map<String, String> properties) {
    return new AbstractConfig(new ConfigDef(), properties, false).originals();
  }

  /** Kafka's own parser, without its words: they may quote a part of the password. */
  private static void checkJaas(String key, String value) {
    boolean entry;
    try {
      entry =
          JaasContext.loadClientContext(Map.of(key, new Password(value)))
                  .configurationEntries()
                  .size()
              == 1;
    } catch (IllegalArgumentException e) {
      entry = false;
    }
    if (!entry) {
      throw new IllegalStateException(
          key
              + ": expected LoginModuleClass required username=\"...\" password=\"...\"; got"
              + " something else (not shown); a \" or \\ within a password needs a \\ before it");
    }
  }
}
