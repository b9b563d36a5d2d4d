package walk;

import static walk.Check.equal;
import static walk.Check.invalid;
import static walk.Check.refused;
import static walk.Check.secret;
import static walk.Check.that;
import static walk.Complete.complete;
import static walk.World.ACME;

import com.svix.api.Endpoint;
import com.svix.api.EndpointListOptions;
import com.svix.models.EndpointHeadersIn;
import com.svix.models.EndpointHeadersPatchIn;
import com.svix.models.EndpointIn;
import com.svix.models.EndpointOut;
import com.svix.models.EndpointPatch;
import com.svix.models.EndpointSecretRotateIn;
import com.svix.models.EndpointTransformationPatch;
import com.svix.models.EndpointUpdate;
import com.svix.models.Ordering;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Endpoints of the application acme: what they are, their secrets, headers and transformations. */
final class Endpoints {
    private final Walk walk;
    private final Endpoint endpoints;

    Endpoints(Walk walk, World world) {
        this.walk = walk;
        this.endpoints = world.svix().getEndpoint();
    }

    void take() throws Walk.Ended {
        create();
        read();
        upsert();
        patch();
        delete();
        secrets();
        headers();
        transformation();
    }

    private static EndpointIn endpoint(String uid, String path) {
        return new EndpointIn().uid(uid).url(World.receiver(path));
    }

    private void create() throws Walk.Ended {
        Set<String> types = Set.of("order.paid", "order.shipped");
        var hook =
                endpoint("hook", "/ok")
                        .description("first")
                        .filterTypes(types)
                        .metadata(Map.of("team", "billing"))
                        .headers(Map.of("x-team", "billing"))
                        .secret(secret("h"));
        walk.step(
                "endpoint.create: makes one",
                () -> {
                    var made = complete(endpoints.create(ACME, hook));
                    equal(made.getUrl(), hook.getUrl());
                    equal(made.getUid(), "hook");
                    equal(made.getDescription(), "first");
                    equal(made.getFilterTypes(), types);
                    equal(made.getMetadata(), Map.of("team", "billing"));
                    equal(made.getChannels(), null);
                    equal(made.getThrottleRate(), null);
                    that(!Boolean.TRUE.equals(made.getDisabled()), made);
                });
        walk.step("endpoint.create: makes more", this::createMore);
        walk.step(
                "endpoint.create: a uid that exists is refused with 409",
                () -> refused(409, () -> endpoints.create(ACME, hook)));
        var unknown = endpoint("unknown", "/ok").filterTypes(Set.of("no.such"));
        // The field has a newer name than this SDK's, and refusals use that.
        walk.step(
                "endpoint.create: an unknown event type is refused with 422",
                () -> invalid("eventTypes", () -> endpoints.create(ACME, unknown)));
    }

    private void createMore() throws Exception {
        var spare =
                endpoint("spare", "/ok/spare")
                        .filterTypes(Set.of("order.cancelled"))
                        .throttleRate(9L)
                        .channels(Set.of("us"))
                        .disabled(true);
        for (var more :
                List.of(
                        endpoint("failing", "/fail").filterTypes(Set.of("invoice.due")),
                        endpoint("regional", "/ok/regional").channels(Set.of("eu")),
                        endpoint("raw", "/raw").filterTypes(Set.of("text.raw")),
                        spare)) {
            var made = endpoints.create(ACME, more);
            equal(made.getUrl(), more.getUrl());
            equal(made.getChannels(), more.getChannels());
            equal(made.getFilterTypes(), more.getFilterTypes());
            equal(made.getThrottleRate(), more.getThrottleRate());
            equal(made.getDisabled(), more == spare);
        }
    }

    private void read() throws Walk.Ended {
        walk.step(
                "endpoint.get: reads by id and by uid",
                () -> {
                    var byUid = endpoints.get(ACME, "hook");
                    equal(endpoints.get(ACME, byUid.getId()), byUid);
                });
        Pages pages = new Pages(2, this::list);
        walk.step("endpoint.list: pages forward", pages::forward);
        walk.step("endpoint.list: pages back", pages::back);
        walk.step("endpoint.list: order", pages::order);
    }

    private Pages.Page list(long limit, String iterator, Ordering order) throws Exception {
        var options = new EndpointListOptions();
        options.setLimit(limit);
        options.setIterator(iterator);
        options.setOrder(order);
        var got = endpoints.list(ACME, options);
        return Pages.Page.of(
                got.getData(),
                EndpointOut::getId,
                got.getIterator(),
                got.getPrevIterator(),
                got.getDone());
    }

    private void upsert() throws Walk.Ended {
        walk.step(
                "endpoint.upsert: changes",
                () -> {
                    var update =
                            new EndpointUpdate()
                                    .url(World.receiver("/ok/spare"))
                                    .uid("spare")
                                    .description("changed")
                                    .filterTypes(Set.of("order.cancelled"))
                                    .throttleRate(9L)
                                    .channels(Set.of("us"))
                                    .disabled(true)
                                    .metadata(Map.of("a", "b"));
                    var got = endpoints.update(ACME, "spare", update);
                    equal(got.getDescription(), "changed");
                    equal(got.getMetadata(), Map.of("a", "b"));
                    equal(endpoints.get(ACME, "spare"), got);
                });
        walk.step(
                "endpoint.upsert: creates",
                () -> {
                    var update =
                            new EndpointUpdate()
                                    .url(World.receiver("/ok/brief"))
                                    .uid("brief")
                                    .disabled(true);
                    var made = endpoints.update(ACME, "brief", update);
                    equal(endpoints.get(ACME, "brief"), made);
                });
    }

    private void patch() throws Walk.Ended {
        walk.step(
                "endpoint.patch: changes what it names",
                () -> {
                    var change = new EndpointPatch().description("patched");
                    var got = endpoints.patch(ACME, "spare", change);
                    equal(got.getDescription(), "patched");
                    equal(got.getChannels(), Set.of("us"));
                    equal(got.getFilterTypes(), Set.of("order.cancelled"));
                    equal(got.getThrottleRate(), 9L);
                });
        walk.step(
                "endpoint.patch: null clears",
                () -> {
                    var change =
                            new EndpointPatch().channels(null).filterTypes(null).throttleRate(null);
                    endpoints.patch(ACME, "spare", change);
                    var got = endpoints.get(ACME, "spare");
                    equal(got.getChannels(), null);
                    equal(got.getFilterTypes(), null);
                    equal(got.getThrottleRate(), null);
                    equal(got.getDescription(), "patched");
                });
    }

    private void delete() throws Walk.Ended {
        walk.step(
                "endpoint.delete: deletes",
                () -> {
                    endpoints.delete(ACME, "brief");
                    refused(404, () -> endpoints.get(ACME, "brief"));
                });
    }

    private void secrets() throws Walk.Ended {
        walk.step(
                "endpoint.get-secret: reads",
                () -> equal(endpoints.getSecret(ACME, "hook").getKey(), secret("h")));
        walk.step(
                "endpoint.rotate-secret: to a given one",
                () -> {
                    var given = new EndpointSecretRotateIn().key(secret("s"));
                    endpoints.rotateSecret(ACME, "spare", given);
                    equal(endpoints.getSecret(ACME, "spare").getKey(), secret("s"));
                });
        walk.step(
                "endpoint.rotate-secret: to a new one",
                () -> {
                    endpoints.rotateSecret(ACME, "spare", new EndpointSecretRotateIn());
                    String key = endpoints.getSecret(ACME, "spare").getKey();
                    that(key.startsWith("whsec_") && !key.equals(secret("s")), "the old secret");
                });
    }

    private void headers() throws Walk.Ended {
        walk.step(
                "endpoint.get-headers: reads",
                () -> {
                    var got = endpoints.getHeaders(ACME, "hook");
                    equal(got.getHeaders(), Map.of("x-team", "billing"));
                });
        walk.step(
                "endpoint.set-headers: replaces",
                () -> {
                    var headers = Map.of("x-one", "1", "authorization", "Bearer s3cret");
                    endpoints.updateHeaders(
                            ACME, "spare", new EndpointHeadersIn().headers(headers));
                    var got = complete(endpoints.getHeaders(ACME, "spare"));
                    equal(got.getHeaders().get("x-one"), "1");
                    that(got.getSensitive().contains("authorization"), got);
                    that(!got.toString().contains("s3cret"), "the value of a sensitive header");
                });
        walk.step(
                "endpoint.patch-headers: changes and deletes",
                () -> {
                    var change =
                            new EndpointHeadersPatchIn()
                                    .headers(Map.of("x-two", "2"))
                                    .deleteHeaders(List.of("x-one"));
                    endpoints.patchHeaders(ACME, "spare", change);
                    var got = complete(endpoints.getHeaders(ACME, "spare"));
                    equal(got.getHeaders().get("x-two"), "2");
                    that(!got.getHeaders().containsKey("x-one"), got);
                    that(got.getSensitive().contains("authorization"), got);
                });
    }

    private void transformation() throws Walk.Ended {
        String code = "function handler(webhook) { return webhook }";
        walk.step(
                "endpoint.transformation.get: none at first",
                () -> {
                    var got = endpoints.transformationGet(ACME, "spare");
                    equal(got.getCode(), null);
                    equal(got.getEnabled(), false);
                });
        walk.step(
                "endpoint.transformation.patch: sets",
                () -> {
                    var change =
                            new EndpointTransformationPatch()
                                    .code(code)
                                    .enabled(true)
                                    .variables(Map.of("k", "v"));
                    endpoints.patchTransformation(ACME, "spare", change);
                    var got = endpoints.transformationGet(ACME, "spare");
                    equal(got.getCode(), code);
                    equal(got.getEnabled(), true);
                    equal(got.getVariables(), Map.of("k", "v"));
                    that(got.getUpdatedAt() != null, got);
                });
        walk.step(
                "endpoint.transformation.patch: null clears",
                () -> {
                    var change = new EndpointTransformationPatch().code(null).enabled(false);
                    endpoints.patchTransformation(ACME, "spare", change);
                    var got = endpoints.transformationGet(ACME, "spare");
                    equal(got.getCode(), null);
                    equal(got.getEnabled(), false);
                });
    }
}
