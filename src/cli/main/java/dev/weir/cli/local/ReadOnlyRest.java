package dev.weir.cli.local;

import dev.weir.kafka.LoopbackHost;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.io.network.netty.InboundChannelHandlerFactory;
import org.apache.flink.shaded.netty4.io.netty.buffer.ByteBuf;
import org.apache.flink.shaded.netty4.io.netty.buffer.Unpooled;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelDuplexHandler;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelFutureListener;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandler;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerAdapter;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerContext;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelPipeline;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelPromise;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.DefaultFullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.FullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderNames;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaders;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpMethod;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponseStatus;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpServerCodec;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpVersion;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.QueryStringDecoder;
import org.apache.flink.shaded.netty4.io.netty.util.ReferenceCountUtil;

/**
 * Makes the REST endpoint of an embedded cluster one to look at: {@code GET} and {@code HEAD} only,
 * to a name of this machine, and for no page of another origin.
 *
 * <p>Flink's own switches do not do that: with {@code web.submit.enable} and {@code
 * web.cancel.enable} off, {@code POST /jobs} still runs what it is given, and each answer may be
 * read by any page. Flink finds this class with a {@code ServiceLoader}; it does nothing without
 * {@link #ENABLED}, which {@link LocalCluster} sets.
 */
public final class ReadOnlyRest implements InboundChannelHandlerFactory {

  static final ConfigOption<Boolean> ENABLED =
      ConfigOptions.key("weir.rest.read-only")
          .booleanType()
          .defaultValue(false)
          .withDescription("Refuse requests that change something or come from another site.");

  /** Paths of Flink's page and of what it reads. Some others change a job, such as yarn-cancel. */
  private static final Pattern READING =
      Pattern.compile(
          """
          /([\\w-]+(\\.[\\w-]+)*\\.(css|html|ico|js|txt))?
          | /assets(/[\\w-]+(\\.[\\w-]+)*)+
          | /(config|overview|datasets|jars)
          | /jobmanager/(config|environment|log|metrics|stdout|thread-dump|(logs|profiler)(/NAME)?)
          | /jobs(/(overview|metrics))?
          | /jobs/ID(/(accumulators|config|exceptions|execution-result|metrics|plan|resource-requirements|status))?
          | /jobs/ID/(checkpoints|jobmanager|taskmanagers|vertices)(/NAME)*
          | /taskmanagers(/NAME)*
          """
              .replace("NAME", "[\\w:-][\\w:.-]*")
              .replace("ID", "[0-9a-f]{32}"),
          Pattern.COMMENTS);

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Optional<ChannelHandler> createHandler(
      Configuration configuration, Map<String, String> responseHeaders) {
    return configuration.get(ENABLED)
        ? Optional.of(new Installer(isLoopback(configuration.get(RestOptions.BIND_ADDRESS))))
        : Optional.empty();
  }

  private static boolean isLoopback(String bindAddress) {
    try {
      return bindAddress != null && InetAddress.getByName(bindAddress).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return true; // Flink cannot bind to it either
    }
  }

  /** Moves the guard before Flink's upload handler, which would write a refused body to disk. */
  private static final class Installer extends ChannelHandlerAdapter {
    private final boolean loopback;

    Installer(boolean loopback) {
      this.loopback = loopback;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      ChannelPipeline pipeline = context.pipeline();
      pipeline.addAfter(pipeline.context(HttpServerCodec.class).name(), null, new Guard(loopback));
      pipeline.remove(this);
    }
  }

  /** Of one connection. */
  private static final class Guard extends ChannelDuplexHandler {
    private final boolean loopback;
    private boolean refused;

    Guard(boolean loopback) {
      this.loopback = loopback;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (!refused && message instanceof HttpRequest request) {
        String reason = reason(request);
        if (reason != null) {
          refused = true;
          refuse(context, reason);
        }
      }
      if (refused) {
        ReferenceCountUtil.release(message);
      } else {
        context.fireChannelRead(message);
      }
    }

    /** Why the request is refused, or null. */
    private String reason(HttpRequest request) {
      HttpMethod method = request.method();
      List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
      String host = hosts.size() == 1 ? hosts.get(0) : null;
      String origin = request.headers().get(HttpHeaderNames.ORIGIN);
      if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
        return "method: expected GET or HEAD, got another one; an embedded cluster only shows its job, Ctrl-C ends it";
      }
      if (!READING.matcher(path(request)).matches()) {
        return "path: expected one that Flink's page reads, got another one";
      }
      if (host == null || (loopback && !LoopbackHost.matches(host))) {
        return "host: expected localhost or 127.0.0.1, got another name";
      }
      if (origin != null
          && !lower(origin).equals("http://" + lower(host))
          && !lower(origin).equals("https://" + lower(host))) {
        return "origin: expected none or this address, got another site";
      }
      return null;
    }

    /** Decoded as Flink's router does, without the version; empty if it cannot be decoded. */
    private static String path(HttpRequest request) {
      try {
        return new QueryStringDecoder(request.uri()).path().replaceFirst("^/v1(?=/)", "");
      } catch (IllegalArgumentException e) {
        return "";
      }
    }

    private static String lower(String text) {
      return text.toLowerCase(Locale.ROOT);
    }

    /** Answers as Flink does, whose clients show the text, and reads nothing more. */
    private static void refuse(ChannelHandlerContext context, String reason) {
      ByteBuf body =
          Unpooled.copiedBuffer("{\"errors\":[\"" + reason + "\"]}", StandardCharsets.UTF_8);
      FullHttpResponse response =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.FORBIDDEN, body);
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json; charset=UTF-8");
      response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
      response.headers().set(HttpHeaderNames.CONNECTION, "close");
      protect(response.headers());
      context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (message instanceof HttpResponse response) {
        protect(response.headers());
      }
      context.write(message, promise);
    }

    private static void protect(HttpHeaders headers) {
      headers.remove(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN);
      headers.set("Cross-Origin-Resource-Policy", "same-origin");
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set(HttpHeaderNames.X_FRAME_OPTIONS, "DENY");
    }
  }
}
