package walk;

import static walk.Check.eventually;
import static walk.Check.refused;
import static walk.Check.that;
import static walk.World.ACME;

import com.svix.Svix;
import com.svix.exceptions.ApiException;
import com.svix.models.AppPortalAccessIn;
import com.svix.models.AppPortalCapability;
import com.svix.models.ApplicationTokenExpireIn;
import com.svix.models.EmptyResponse;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Access to the portal: tokens that reach what they may, and end. */
final class Access {
    private final Walk walk;
    private final World world;

    // Until the first step has made them, they are nobody.
    private Svix one = World.client("nobody");
    private Svix two = World.client("nobody");

    Access(Walk walk, World world) {
        this.walk = walk;
        this.world = world;
    }

    void take() throws Walk.Ended {
        walk.step(
                "authentication.app-portal-access: gives a token",
                () -> {
                    one = visitor("s1");
                    two = visitor("s2");
                });
        walk.step(
                "authentication.app-portal-access: the token reaches what it may",
                () -> {
                    that(!one.getEndpoint().list(ACME).getData().isEmpty(), "no endpoints");
                    refused(403, () -> one.getApplication().list());
                    refused(403, () -> one.getEndpoint().getSecret(ACME, "hook"));
                });
        walk.step(
                "authentication.expire-all: ends the sessions that are named",
                () -> {
                    var sessions =
                            new ApplicationTokenExpireIn().expiry(0L).sessionIds(List.of("s1"));
                    world.svix().getAuthentication().expireAll(ACME, sessions);
                    eventually("the token has ended", () -> ended(one));
                    two.getEndpoint().list(ACME);
                });
        walk.step(
                "authentication.logout: ends the token itself",
                () -> {
                    World.post(two, "/auth/logout", EmptyResponse.class);
                    refused(401, () -> two.getEndpoint().list(ACME));
                });
        walk.step(
                "application.list: a bad token is refused with 401",
                () -> refused(401, () -> World.client("nonsense").getApplication().list()));
    }

    /** A client with a new token of the portal. */
    private Svix visitor(String session) throws Exception {
        var access =
                new AppPortalAccessIn()
                        .capabilities(
                                Set.of(
                                        AppPortalCapability.VIEW_BASE,
                                        AppPortalCapability.MANAGE_ENDPOINT))
                        .expiry(3600L)
                        .sessionId(session);
        var got = world.svix().getAuthentication().appPortalAccess(ACME, access);
        that(!got.getUrl().toString().isEmpty(), "no url");
        that(!got.getToken().isEmpty(), "no token");
        return World.client(got.getToken());
    }

    private static Optional<Integer> ended(Svix visitor) throws Exception {
        try {
            visitor.getEndpoint().list(ACME);
            return Optional.empty();
        } catch (ApiException error) {
            if (error.getCode() != 401) {
                throw error;
            }
            return Optional.of(error.getCode());
        }
    }
}
