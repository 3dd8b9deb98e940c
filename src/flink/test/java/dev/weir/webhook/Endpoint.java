package dev.weir.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP server that records what is posted to it, and answers as a test wants. */
final class Endpoint implements AutoCloseable {

  /** A request and the status that it was answered with; 0 for none. */
  record Post(String id, String type, String body, int status) {}

  /** What the n-th request, from 1, is answered with. */
  interface Behavior {
    /**
     * @return the status; 0 to close the connection without an answer
     */
    int answer(int n, String id, HttpExchange exchange) throws Exception;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger count = new AtomicInteger();
  private final List<Post> posts = new ArrayList<>();
  private volatile Behavior behavior;

  Endpoint(Behavior behavior) throws IOException {
    this.behavior = behavior;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  String address() {
    return "http://localhost:%d/hook?token=in-the-address".formatted(server.getAddress().getPort());
  }

  void behave(Behavior next) {
    behavior = next;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), "UTF-8");
      String id = header(exchange, "webhook-id");
      int status = behavior.answer(count.incrementAndGet(), id, exchange);
      synchronized (posts) {
        posts.add(new Post(id, header(exchange, "Content-Type"), body, status));
      }
      if (status != 0) {
        exchange.sendResponseHeaders(status, -1);
      }
    } catch (Exception e) {
      // closes the connection
    }
  }

  private static String header(HttpExchange exchange, String name) {
    return exchange.getRequestHeaders().getFirst(name);
  }

  List<Post> posts() {
    synchronized (posts) {
      return List.copyOf(posts);
    }
  }

  /** Those that were answered with 2xx, in their order. */
  List<Post> taken() {
    return posts().stream().filter(post -> post.status() / 100 == 2).toList();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
