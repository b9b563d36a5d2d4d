package walk;

import com.svix.Svix;
import com.svix.SvixOptions;

import java.net.URI;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;

/**
 * What the walk goes through: a server, an organization on it, a receiver.
 *
 * @param svix a client with the organization's token
 * @param start one minute before the walk began
 */
record World(Svix svix, OffsetDateTime start) {
    /** The application that most of the walk is about. */
    static final String ACME = "acme";

    /** The world that the environment names. */
    static World fromEnvironment() {
        OffsetDateTime start = OffsetDateTime.now(ZoneOffset.UTC).minusMinutes(1);
        return new World(client(variable("HOOKWIRE_TOKEN")), start);
    }

    /** A client with a token. */
    static Svix client(String token) {
        SvixOptions options = new SvixOptions();
        options.setServerUrl(variable("HOOKWIRE_URL"));
        return new Svix(token, options);
    }

    /** A path of the receiver. */
    static URI receiver(String path) {
        return URI.create(variable("HOOKWIRE_RECEIVER_URL") + path);
    }

    /**
     * A POST that has no body, by the SDK's own client into the SDK's own model. The SDK's methods
     * for it throw before they send anything: OkHttp refuses a POST without a body, so one that is
     * empty goes in its place.
     */
    static <T> T post(Svix svix, String path, Class<T> answer) throws Exception {
        var client = svix.getHttpClient();
        var url = client.newUrlBuilder().encodedPath("/api/v1" + path).build();
        return client.executeRequest("POST", url, null, Map.of(), answer);
    }

    private static String variable(String name) {
        return Objects.requireNonNull(System.getenv(name), "$" + name);
    }
}
