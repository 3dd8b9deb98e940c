package dev.weir.kafka;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Whose certificates an HTTPS server may have, from a file such as Kafka's clients take. */
final class Truststore {

  private Truststore() {}

  /**
   * @param type PEM, PKCS12 or JKS; null: JKS, as Kafka has it, which reads PKCS12 too
   * @param password may be null
   * @throws IllegalStateException naming the file, when it can't be read
   */
  static SSLContext context(String file, String type, String password) {
    try {
      KeyStore store =
          "PEM".equals(type == null ? null : type.toUpperCase(Locale.ROOT))
              ? pem(Path.of(file))
              : keyStore(Path.of(file), type == null ? "JKS" : type, password);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalStateException(
          "schema.registry.%s: expected certificates in %s, got: %s"
              .formatted(RegistrySettings.TRUSTSTORE, file, e.getMessage()),
          e);
    }
  }

  private static KeyStore keyStore(Path file, String type, String password)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(type);
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password == null ? null : password.toCharArray());
    }
    return store;
  }

  private static KeyStore pem(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      int n = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("certificate-" + n++, certificate);
      }
    }
    return store;
  }
}
