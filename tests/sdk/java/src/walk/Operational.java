package walk;

import static walk.Check.equal;
import static walk.Check.refused;
import static walk.Check.secret;
import static walk.Check.that;
import static walk.Complete.complete;

import com.svix.api.OperationalWebhookEndpoint;
import com.svix.api.OperationalWebhookEndpointListOptions;
import com.svix.models.OperationalWebhookEndpointHeadersIn;
import com.svix.models.OperationalWebhookEndpointIn;
import com.svix.models.OperationalWebhookEndpointOut;
import com.svix.models.OperationalWebhookEndpointSecretIn;
import com.svix.models.OperationalWebhookEndpointUpdate;
import com.svix.models.Ordering;

import java.util.Map;
import java.util.Set;

/** Operational webhooks: before all else, so that they see what happens to it. */
final class Operational {
    private final Walk walk;
    private final OperationalWebhookEndpoint endpoints;

    Operational(Walk walk, World world) {
        this.walk = walk;
        this.endpoints = world.svix().getOperationalWebhookEndpoint();
    }

    void take() throws Walk.Ended {
        create();
        read();
        upsert();
        secrets();
        headers();
        delete();
    }

    private void create() throws Walk.Ended {
        Set<String> types = Set.of("endpoint.created", "message.attempt.exhausted");
        var ops =
                new OperationalWebhookEndpointIn()
                        .url(World.receiver("/operational"))
                        .description("ops")
                        .uid("ops")
                        .filterTypes(types)
                        .metadata(Map.of("team", "ops"));
        walk.step(
                "operational-webhook.endpoint.create: makes one",
                () -> {
                    var made = complete(endpoints.create(ops));
                    equal(made.getUrl(), ops.getUrl());
                    equal(made.getDescription(), "ops");
                    equal(made.getUid(), "ops");
                    equal(made.getFilterTypes(), types);
                    equal(made.getMetadata(), Map.of("team", "ops"));
                    that(!Boolean.TRUE.equals(made.getDisabled()), made);
                    // This version's model of what is created has no headers.
                    var headers = Map.of("x-team", "ops");
                    var in = new OperationalWebhookEndpointHeadersIn().headers(headers);
                    endpoints.updateHeaders("ops", in);
                });
        walk.step(
                "operational-webhook.endpoint.create: makes more",
                () -> {
                    for (int n = 1; n <= 4; n++) {
                        var more =
                                new OperationalWebhookEndpointIn()
                                        .url(World.receiver("/ok/ops-" + n))
                                        .uid("ops-" + n)
                                        .disabled(true);
                        equal(endpoints.create(more).getDisabled(), true);
                    }
                });
        walk.step(
                "operational-webhook.endpoint.create: a uid that exists is refused with 409",
                () -> refused(409, () -> endpoints.create(ops)));
    }

    private void read() throws Walk.Ended {
        walk.step(
                "operational-webhook.endpoint.get: reads by id and by uid",
                () -> {
                    var byUid = endpoints.get("ops");
                    equal(endpoints.get(byUid.getId()), byUid);
                });
        Pages pages = new Pages(2, this::list);
        walk.step("operational-webhook.endpoint.list: pages forward", pages::forward);
        walk.step("operational-webhook.endpoint.list: pages back", pages::back);
        walk.step("operational-webhook.endpoint.list: order", pages::order);
    }

    private Pages.Page list(long limit, String iterator, Ordering order) throws Exception {
        var options = new OperationalWebhookEndpointListOptions();
        options.setLimit(limit);
        options.setIterator(iterator);
        options.setOrder(order);
        var got = endpoints.list(options);
        return Pages.Page.of(
                got.getData(),
                OperationalWebhookEndpointOut::getId,
                got.getIterator(),
                got.getPrevIterator(),
                got.getDone());
    }

    private void upsert() throws Walk.Ended {
        var bare =
                new OperationalWebhookEndpointUpdate()
                        .url(World.receiver("/ok/ops-1"))
                        .description("changed")
                        .uid("ops-1")
                        .disabled(true);
        walk.step(
                "operational-webhook.endpoint.upsert: changes",
                () -> {
                    var full = bare.throttleRate(7L).metadata(Map.of("a", "b"));
                    var changed = endpoints.update("ops-1", full);
                    equal(changed.getDescription(), "changed");
                    equal(changed.getThrottleRate(), 7L);
                    equal(changed.getMetadata(), Map.of("a", "b"));
                    equal(endpoints.get("ops-1"), changed);
                });
        walk.step(
                "operational-webhook.endpoint.upsert: null clears",
                () -> {
                    bare.setThrottleRate(null);
                    bare.setMetadata(null);
                    var changed = endpoints.update("ops-1", bare);
                    equal(changed.getDescription(), "changed");
                    equal(changed.getThrottleRate(), null);
                    equal(changed.getMetadata(), Map.of());
                });
    }

    private void secrets() throws Walk.Ended {
        String[] first = new String[1];
        walk.step(
                "operational-webhook.endpoint.get-secret: reads",
                () -> {
                    first[0] = endpoints.getSecret("ops-1").getKey();
                    that(first[0].startsWith("whsec_"), "another kind of secret");
                });
        walk.step(
                "operational-webhook.endpoint.rotate-secret: to a given one",
                () -> {
                    var given = new OperationalWebhookEndpointSecretIn().key(secret("o"));
                    endpoints.rotateSecret("ops-1", given);
                    equal(endpoints.getSecret("ops-1").getKey(), secret("o"));
                });
        walk.step(
                "operational-webhook.endpoint.rotate-secret: to a new one",
                () -> {
                    endpoints.rotateSecret("ops-1", new OperationalWebhookEndpointSecretIn());
                    String key = endpoints.getSecret("ops-1").getKey();
                    that(key.startsWith("whsec_"), "another kind of secret");
                    that(!key.equals(secret("o")) && !key.equals(first[0]), "an old secret");
                });
    }

    private void headers() throws Walk.Ended {
        walk.step(
                "operational-webhook.endpoint.get-headers: reads",
                () -> equal(endpoints.getHeaders("ops").getHeaders(), Map.of("x-team", "ops")));
        walk.step(
                "operational-webhook.endpoint.set-headers: replaces",
                () -> {
                    var headers = Map.of("x-team", "two", "authorization", "Bearer s3cret");
                    endpoints.updateHeaders(
                            "ops", new OperationalWebhookEndpointHeadersIn().headers(headers));
                    var got = complete(endpoints.getHeaders("ops"));
                    equal(got.getHeaders().get("x-team"), "two");
                    that(got.getSensitive().contains("authorization"), got);
                    that(!got.toString().contains("s3cret"), "the value of a sensitive header");
                });
    }

    private void delete() throws Walk.Ended {
        walk.step(
                "operational-webhook.endpoint.delete: deletes",
                () -> {
                    for (int n = 1; n <= 4; n++) {
                        String uid = "ops-" + n;
                        endpoints.delete(uid);
                        refused(404, () -> endpoints.get(uid));
                    }
                });
    }
}
